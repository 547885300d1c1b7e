# language: zh-CN
功能: 文档所述流程的整体
  用户打开小程序。手机询问微信登录会话是否仍然有效，
  再走完流程中必须走的部分：登录凭证 code、openid、令牌、用户信息。

  # en: 23c126559e8a
  @LOGIN-01 @must
  Rule: 首次启动完成登录：wx.login、code 兑换、令牌、用户信息，各一次且依此顺序；openid、tokenObj（含 createTime）和 userinfo 都在存储中

    原因: 这就是流程的目的。无法走完流程的用户根本不能使用小程序。
    修复: 用文档所述客户端依次走过下列调用，修复其中第一个未按流程所述得到响应的调用。
    来源: 流程第 1 至 3 步和第 5 步

    场景: 用户第一次打开小程序
      假如 Alice 是微信用户
      当 Alice 启动小程序
      那么 她的手机走完了整个流程：
        | wx.login  |
        | code 兑换 |
        | 令牌      |
        | 用户信息  |
      而且 她的存储中有 openid、带创建时间的令牌和用户信息

  # en: 3c615a3e9679
  @LOGIN-02 @must @needs-documented-client
  Rule: 会话有效且已存储 openid 时，只请求令牌和用户信息；没有 wx.login，没有 code 兑换，也不询问微信

    原因: 微信限制小程序登录的频率。会话有效期间，已存储的 openid 就足够了。
    修复: 根据 code 兑换留下的内容签发令牌；openid 再次到来时，不要再询问微信。
    来源: 流程第 4 步；wxutil.js initlogin

    场景: checkSession 表明有效，且手机知道其 openid
      假如 Alice 已在她的手机上登录
      而且 她的手机已存储她的用户信息
      而且 Alice 的微信会话有效
      当 Alice 启动小程序
      那么 她的手机发出了以下调用：
        | 令牌     |
        | 用户信息 |
      而且 后端没有就她询问微信
      而且 手机看到的是她的用户信息

    @serial
    场景: 没有其他人，因此无论询问微信什么，都是因她而问
      假如 Alice 已在她的手机上登录
      而且 Alice 的微信会话有效
      当 Alice 启动小程序 3 次，期间没有其他人
      那么 并非每次启动都使后端询问微信

  # en: b03eaf73de10
  @LOGIN-03 @must @needs-documented-client
  Rule: 会话有效但未存储 openid 时，走完整个流程

    原因: 丢失了存储内容的手机仍有有效的微信会话。它必须能自行重新登录。
    修复: 接受已知用户的新 code，无论先前的登录处于什么状态。
    来源: wxutil.js initlogin

    场景: checkSession 表明有效，但手机没有 openid
      假如 Alice 已在她的手机上登录
      而且 Alice 的微信会话有效
      而且 Alice 的手机丢失了 openid
      当 Alice 启动小程序
      那么 她的手机发出了以下调用：
        | wx.login  |
        | code 兑换 |
        | 令牌      |
        | 用户信息  |
      而且 她的存储中有 openid

  # en: bef6cb1adff0
  @LOGIN-04 @must
  Rule: 会话过期时，用新的 code 走完整个流程，无论是否已存储 openid

    原因: 微信会随时结束会话。唯一的恢复途径是新的 code，而它对已知用户也必须有效。
    修复: 把每个 code 当作一次独立的登录；不要因为先前的会话或令牌仍然有效而拒绝用户。
    来源: 流程第 4 步

    场景: checkSession 表明已过期，且手机知道其 openid
      假如 Alice 已在她的手机上登录
      而且 Alice 的微信会话已过期
      当 Alice 启动小程序
      那么 她的手机发出了以下调用：
        | wx.login  |
        | code 兑换 |
        | 令牌      |
        | 用户信息  |
      而且 所用的 code 是新的

    场景: checkSession 表明已过期，且手机没有 openid
      假如 Alice 已在她的手机上登录
      而且 Alice 的微信会话已过期
      而且 Alice 的手机丢失了 openid
      当 Alice 启动小程序
      那么 她的手机发出了以下调用：
        | wx.login  |
        | code 兑换 |
        | 令牌      |
        | 用户信息  |
      而且 所用的 code 是新的

  # en: cd825af93f49
  @LOGIN-05 @must @needs-shown-openid
  Rule: 同一用户每次登录都得到相同的 openid

    原因: openid 就是用户的身份。它一旦改变，订单、积分和权限就都没有了。
    修复: 传递微信在响应中给出的 openid；不要编造或修饰它。
    来源: 流程第 2 步

    场景: 用户登录三次
      假如 Alice 是微信用户
      当 Alice 每次兑换一个新的 code，共 3 次
      那么 她每次得到的 openid 都相同

    场景: 用户登录并取得令牌三次
      假如 Alice 是微信用户
      当 Alice 登录 3 次
      那么 她每次得到的 openid 都相同

  # en: d62260e5b7fa
  @LOGIN-06 @must
  Rule: 用户信息属于登录的用户：同一个用户则相同，两个用户则不同

    原因: 把一个用户的数据展示给另一个用户，是登录所能造成的最坏后果。
    修复: 根据随本次请求而来的令牌查找用户，而不是根据最后或最先登录的人。
    来源: 流程第 5 步

    @serial
    场景: 两个用户登录，然后第一个用户再次查看
      假如 Alice 已登录
      而且 Bob 已登录
      当 Alice、Bob 以及再一次 Alice 依次读取各自的用户信息
      那么 Alice 两次看到的是同一个用户
      而且 Bob 看到的是与 Alice 不同的另一个用户

    场景: 两个 openid 仅最后一个字母不同的用户登录
      假如 后端能区分普通用户
      而且 Alice 是微信用户
      而且 Bob 是微信用户，其 openid 与 Alice 的仅最后一个字母不同
      当 Alice 和 Bob 登录，然后 Alice 再次查看
      那么 Alice 和 Bob 是两个用户

    场景大纲: 两个 openid 的 <散列> 相同的用户登录
      假如 后端能区分普通用户
      而且 Alice 和 Bob 是微信用户，二者 openid 的 <散列> 相同
      当 Alice 和 Bob 登录，然后 Alice 再次查看
      那么 Alice 和 Bob 是两个用户

      例子:
        | 散列               |
        | Java 散列码        |
        | CRC-32 校验和      |
        | 以 33 为因子的散列 |

    场景: 从未来过的用户在四部手机上同时登录
      假如 Alice 是微信用户
      而且 微信需要 40 毫秒才响应她的 code
      当 Alice 在 4 部手机上同时登录，之后又登录两次
      那么 她每次看到的都是同一个账号

  # en: 8ff3c7b955e7
  @LOGIN-07 @must
  Rule: 再次登录之后，最新的令牌有效

    原因: 手机只保留最新的令牌。如果后端认可的是另一个令牌，用户就被挡在门外。
    修复: 在发放新令牌之前先存储它，并让它取代先前的令牌或与之并存。
    来源: 流程第 4 步

    场景: 用户第二次登录
      假如 Alice 已读取她的用户信息
      当 Alice 再次登录
      而且 Alice 读取她的用户信息
      那么 响应带有用户信息

    场景: 用户第二次登录，而较早的设备继续使用
      假如 Alice 已读取她的用户信息
      当 Alice 再次登录并得到另一个令牌
      而且 用 Alice 之前持有的令牌请求用户信息
      而且 Alice 读取她的用户信息
      那么 响应带有用户信息

    场景: 用户先后在多台设备上登录
      假如 Alice 已读取她的用户信息
      当 Alice 登录 6 次
      而且 Alice 读取她的用户信息
      那么 响应带有用户信息

  # en: b7f101749e19
  @LOGIN-08 @must @needs-documented-client
  Rule: 被拒绝的 code 兑换会结束登录：之后没有令牌请求，也不存储令牌

    原因: 文档所述客户端只要在状态码为 200 的响应中找到 openid 就会继续。带有 openid 的拒绝会让微信已拒绝的人登录进来。
    修复: 拒绝的响应中不要有 openid，无论它还说了什么。
    来源: wxutil.js code2session

    场景大纲: 微信拒绝 code，因为<原因>
      假如 Alice 是微信用户
      而且 微信将对她的下一个 code 返回 <错误>
      当 Alice 启动小程序
      那么 她的登录止于 code 兑换
      而且 她的存储中没有令牌

      例子:
        | 原因                 | 错误  |
        | 该 code 无效         | 40029 |
        | 该 code 已被兑换过   | 40163 |
        | 该用户属于高风险     | 40226 |
        | 微信的每分钟额度已满 | 45011 |
        | 微信正忙             | -1    |
