# language: zh-CN
功能: 区分不同的用户
  对后端而言，用户就是一个 openid，别无其他。openid 是必须原样对待的文本，
  而许多用户会同时到来。

  # en: f30957c0d39a
  @IDENT-01 @must
  Rule: 五十个用户同时登录，各自得到自己的 openid、令牌和数据

    原因: 为所有请求存放在同一处的内容，只由一个人测试时是对的。到了第一个繁忙的日子，它就会把他人的账号交出去。
    修复: 把属于一次登录的一切都保存在它所随的那个请求中；不用共享对象的字段，也不用模块的变量。
    来源: 流程第 2、3、5 步

    @serial
    场景: 五十个用户同时打开小程序
      假如 后端能区分普通用户
      当 50 个用户在同一时刻登录
      那么 他们每个人都得到了自己的 openid、令牌和数据

  # en: 125f08c94833
  @IDENT-02 @must @needs-upstream @needs-optional-unionid
  Rule: 两个没有 unionid 的用户仍是两个用户

    原因: 只有小程序绑定到微信开放平台账号，微信才会给出 unionid。如果所有人都没有 unionid，按它找到的账号就是所有人的账号。
    修复: 以 openid 识别用户；把 unionid 当作可能额外存在的信息。
    来源: jscode2session 文档页，unionid 仅在满足条件时返回

    场景: 两个用户登录，而微信没有他们的 unionid
      假如 后端能区分有 unionid 的用户
      而且 Alice 是没有 unionid 的微信用户
      而且 Bob 是没有 unionid 的微信用户
      当 Alice 和 Bob 登录，然后 Alice 再次查看
      那么 Alice 和 Bob 是两个用户

  # en: 739fb1e108da
  @IDENT-03 @should @needs-upstream @needs-optional-unionid
  Rule: 一个有 unionid 的用户在 unionid 出现之后仍是一个用户

    原因: 小程序某一天绑定到微信开放平台账号，从那时起每个用户都有 unionid。如果从此改以它识别用户，用户就丢失了订单、积分和权限。
    修复: 先按 openid 查找用户；再把 unionid 补充到找到的账号上。
    来源: jscode2session 文档页，unionid 仅在满足条件时返回

    场景: 用户在小程序绑定到微信开放平台账号之前和之后登录
      假如 Alice 已读取她的用户信息
      而且 后端能区分普通用户
      而且 此后小程序已绑定到微信开放平台账号，因此她有了 unionid
      当 Alice 登录并读取她的用户信息
      那么 她仍是同一个账号

  # en: 36cdee4b10f0
  @IDENT-04 @must @needs-upstream
  Rule: 仅字母大小写不同的 openid 是两个用户

    原因: 许多数据库除非另行指定，比较文本时不区分大小写。于是两个用户共用一个账号，各自看到属于对方的内容。
    修复: 为 openid 列设置区分大小写的二进制比较，并且不要改变所比较内容的大小写。
    来源: jscode2session 文档页，openid 是不透明文本

    场景: 两个 openid 看起来相似的用户登录
      假如 后端能区分普通用户
      而且 Alice 是微信用户
      而且 Bob 是微信用户，其 openid 与 Alice 的仅字母大小写不同
      当 Alice 和 Bob 登录，然后 Alice 再次查看
      那么 Alice 和 Bob 是两个用户

  # en: 52841af913ce
  @IDENT-05 @must @needs-upstream
  Rule: 任何位置含有 - 和 _ 的 openid 都可用

    原因: 每两个 openid 中就有一个含有这样的字符。清洗、模式匹配和类似 shell 的工具会因它们而出错，位于开头和末尾时尤其如此。
    修复: 把 openid 当作不透明文本：不清洗，不套用模式，不拆分。
    来源: jscode2session 文档页，openid 是不透明文本

    场景大纲: openid 的<位置>有<符号>
      假如 后端允许普通用户登录
      而且 Alice 是微信用户，其 openid 的<位置>有<符号>
      当 Alice 登录并读取她的用户信息
      那么 Alice 以微信给出的 openid 登录成功

      例子:
        | 符号                   | 位置           |
        | 一个短横线             | 第一个字符之后 |
        | 一个下划线             | 第一个字符之后 |
        | 两个短横线             | 中间           |
        | 两个下划线             | 中间           |
        | 一个短横线             | 末尾           |
        | 一个下划线             | 末尾           |
        | 一个短横线和一个下划线 | 末尾           |

    场景: 两个 openid 仅相差一个符号的用户登录
      假如 后端能区分普通用户
      而且 Alice 是微信用户，其 openid 的中间有一个短横线
      而且 Bob 是微信用户，其 openid 在 Alice 的短横线处是下划线
      当 Alice 和 Bob 登录，然后 Alice 再次查看
      那么 Alice 和 Bob 是两个用户
