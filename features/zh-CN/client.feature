# language: zh-CN
功能: 文档所述客户端从不卡住
  文档所述客户端没有办法因连接中断而失败，只查看一个调用的状态码，
  并且不先查看就读取响应的内容。有些响应会让它永远等待：用户看到的是
  永不停止的加载动画。

  # en: f1931e6add78
  @CLIENT-01 @must @needs-documented-client
  Rule: 对 code 交换的每次拒绝都能让文档所述客户端结束等待（不能是：没有 data 对象的 200）

    原因: 收到状态码为 200 的响应时，客户端会读取 data.openid；如果缺少 data，异常会使登录无声无息地中止。
    修复: 用 200 以外的状态码响应拒绝，或者用不含 openid 的 data 对象响应。
    来源: wxutil.js code2session

    场景大纲: code 被拒绝，因为<原因>
      假如 Alice 是微信用户
      而且 微信将对她的下一个 code 返回 <错误>
      当 Alice 启动小程序
      那么 她的手机没有在 code 交换中卡住

      例子:
        | 原因               | 错误  |
        | 该 code 无效       | 40029 |
        | 该 code 曾被使用过 | 40163 |
        | 该用户属于高风险   | 40226 |
        | 每分钟额度已用完   | 45011 |
        | 微信正忙           | -1    |
        | 当日额度已用完     | 45009 |
        | 该 appid 无效      | 40013 |
        | 该 secret 无效     | 40125 |
        | 该 code 没有到达   | 41008 |

    场景: code 因不在任何表中的错误而被拒绝
      假如 Alice 是微信用户
      而且 微信将对她的下一个 code 返回不在任何表中的错误
      当 Alice 启动小程序
      那么 她的手机没有在 code 交换中卡住

    场景: code 因无法理解微信而被拒绝
      假如 Alice 是微信用户
      而且 微信将对她的下一个 code 返回无法理解的内容
      当 Alice 启动小程序
      那么 她的手机没有在 code 交换中卡住

    场景大纲: 手机拿到的是<code>
      假如 Alice 是微信用户
      而且 她的手机将拿到<code>
      当 Alice 启动小程序
      那么 她的手机没有在 code 交换中卡住

      例子:
        | code                  |
        | 空的 code             |
        | 从未发给任何人的 code |
        | 根本不是 code 的词    |
        | 已有 301 秒的 code    |
        | 另一个小程序的 code   |
        | 她的手机号按钮的 code |

    场景: 手机拿到的是曾被使用过的 code
      假如 Alice 已用一个 code 进行 code 交换
      而且 她的手机将拿到她用过的 code
      当 Alice 启动小程序
      那么 她的手机没有在 code 交换中卡住

  # en: 6677a57103c8
  @CLIENT-02 @must @needs-documented-client
  Rule: 对令牌的每次拒绝都能让文档所述客户端结束等待（不能是：JSON 的 null）

    原因: 无论收到什么，客户端都从中读取 access_token；从 null 中什么也读不出来，登录便无声无息地中止。
    修复: 用 JSON 对象响应拒绝，并且务必作出响应。
    来源: wxutil.js getToken

    场景大纲: 手机请求令牌，用的是<openid>
      假如 Alice 已在她的手机上登录
      而且 Alice 的微信会话有效
      而且 她的手机已存储<openid>
      当 Alice 启动小程序
      那么 她的手机没有在令牌请求中卡住

      例子:
        | openid                      |
        | 不存在的 openid             |
        | 从未登录过的人的 openid     |
        | 改动了一个字母的她的 openid |

    场景大纲: 请求令牌，用的是<openid>
      假如 已向 Alice 签发令牌
      当 Alice 发起令牌请求，用的是<openid>
      那么 文档所述客户端在此拒绝之后会继续

      例子:
        | openid             |
        | 不带 openid 的请求 |
        | 空的 openid        |

    场景大纲: 请求令牌，用的是<客户端>
      假如 已向 Alice 签发令牌
      当 请求 Alice 的令牌，用的是<客户端>
      那么 文档所述客户端在此拒绝之后会继续

      例子:
        | 客户端         |
        | 不带凭据的请求 |
        | 错误的 secret  |
        | 错误的名称     |
        | 损坏的 base64  |
        | 另一种方案     |

  # en: d000ab25b21b
  @CLIENT-03 @must @needs-documented-client
  Rule: 拒绝令牌的响应不带 access_token：客户端不查看状态码

    原因: 客户端只要找到 access_token 就当作登录成功，无论状态码是 200 还是 500。
    修复: 凡不是成功的响应，一律去掉这个成员。
    来源: wxutil.js getToken

    场景大纲: 令牌被拒绝，原因是<种类>
      假如 已向 Alice 签发令牌
      当 Alice 发起令牌请求，用的是<种类>
      那么 拒绝的响应不带令牌

      例子:
        | 种类                        |
        | 不带 openid 的请求          |
        | 空的 openid                 |
        | 不存在的 openid             |
        | 从未登录过的人的 openid     |
        | 改动了一个字母的她的 openid |

    场景大纲: 令牌被拒绝，原因是<客户端>
      假如 已向 Alice 签发令牌
      当 请求 Alice 的令牌，用的是<客户端>
      那么 拒绝的响应不带令牌

      例子:
        | 客户端         |
        | 不带凭据的请求 |
        | 错误的 secret  |
        | 错误的名称     |
        | 损坏的 base64  |
        | 另一种方案     |

  # en: 47142886df2c
  @CLIENT-04 @should @needs-documented-client
  Rule: 拒绝用户信息请求的响应不带 data：客户端会把它当作用户存储起来

    原因: 无论状态码是什么，客户端都会把任何响应的 data 当作已登录的用户存储起来。
    修复: 把对拒绝的解释放在 data 以外的名称之下。
    来源: wxutil.js storeUserinfo

    场景大纲: 用<凭据>请求用户信息
      假如 Alice 已读取她的用户信息
      当 用<凭据>请求用户信息
      那么 拒绝的响应不带用户信息

      例子:
        | 凭据                         |
        | 不带凭据的方式               |
        | 空的令牌                     |
        | 长度相同的随机令牌           |
        | 改动了最后一个字符的她的令牌 |
        | 客户端的 Basic 凭据          |

    @time-passes
    场景: 她的令牌已过期
      假如 Alice 已读取她的用户信息
      当 Alice 在她的令牌过期之后读取她的用户信息
      那么 拒绝的响应不带用户信息
