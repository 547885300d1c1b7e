# language: zh-CN
功能: 兑换登录凭证 code
  手机把临时的登录凭证 code 交给后端。后端询问微信这是谁，微信则以 openid
  和留在后端的 session_key 响应。

  # en: 9e38c58e1c96
  @CODE-01 @must @needs-shown-openid
  Rule: 新的 code 所得到的，正是微信为它给出的 openid

    原因: openid 是不透明文本。多一个字符、少一个字符或大小写不同，就是另一个人。
    修复: 原样复制微信响应中的 openid。
    来源: 流程第 2 步

    场景: 一个用户兑换 code
      假如 Alice 是微信用户
      当 Alice 兑换新的 code
      那么 她得到的是微信为她给出的 openid

    场景: 两个用户同时兑换各自的 code
      假如 Alice 是微信用户
      而且 Bob 是微信用户
      当 Alice 和 Bob 同时兑换新的 code
      那么 Alice 得到的是微信为她给出的 openid
      而且 Bob 得到的是微信为他给出的 openid

  # en: 783f64ba5acb
  @CODE-02 @must
  Rule: 一个 code 只能兑换一次：第二次被拒绝

    原因: 能用两次的 code，可以被任何看到它经过的人重放，无论是在日志、代理还是崩溃报告中看到的。
    修复: 对每个 code 都询问微信，并传递微信的拒绝；不要维护一张记录曾经有效的 code 的表。
    来源: 流程说明第 2 条，code 只能使用一次

    场景: 立即再次发送同一个 code
      假如 Alice 已兑换一个 code
      当 Alice 再次兑换同一个 code
      那么 code 兑换被拒绝

    场景: 登录完成之后再次发送同一个 code
      假如 Alice 已登录
      当 Alice 再次兑换同一个 code
      那么 code 兑换被拒绝

    场景: 另一部手机发送同一个 code
      假如 Alice 已兑换一个 code
      而且 Mallory 是微信用户
      当 Mallory 兑换 Alice 的 code
      那么 code 兑换被拒绝

    场景: 用过的 code 不会再次生效
      假如 Alice 已兑换一个 code
      当 Alice 再兑换同一个 code 3 次
      那么 这些 code 兑换全部被拒绝

    场景大纲: 微信返回 <故障> 时，再次发送用过的 code
      假如 Alice 已兑换一个 code
      当 Alice 再次兑换同一个 code，微信对它返回 <故障>
      那么 code 兑换被拒绝

      例子:
        | 故障            |
        | errcode-minus-1 |
        | http-502-html   |

    场景: 再次发送用过的 code，并附上令牌
      假如 已向 Alice 签发令牌
      当 Alice 再次兑换同一个 code，并附上她的令牌
      那么 code 兑换被拒绝

    场景: 兑换下一个 code 之后，再次发送之前已兑换过的 code
      假如 Alice 已兑换一个 code
      当 Alice 兑换新的 code
      而且 Alice 发起 code 兑换，用的是她在此之前兑换过的 code
      那么 code 兑换被拒绝

  # en: 5f37fb5fd738
  @CODE-03 @must
  Rule: 同时对一个 code 进行的多次兑换中，最多一次成功

    原因: 先检查、后执行的规则，历来都可以用两个相互竞争的请求绕过。
    修复: 把决定权留给微信，它只对其中一次以成功响应；不要让等待中的请求共用一个响应。
    来源: 流程说明第 2 条，code 只能使用一次

    场景: 一个 code 在同一时刻发送八次，共三轮
      假如 Alice 是微信用户
      而且 微信需要 40 毫秒才响应她的 code
      当 Alice 在同一时刻兑换同一个 code 8 次，共 3 轮
      那么 任何一轮中成功的 code 兑换都不超过一次

    场景: 两部手机在同一时刻发送一个 code，共五轮
      假如 Alice 是微信用户
      而且 Mallory 是微信用户
      当 Alice 和 Mallory 在同一时刻兑换 Alice 的同一个 code，共 5 轮
      那么 任何一轮中成功的 code 兑换都不超过一次

  # en: 16493853390d
  @CODE-04 @must @needs-upstream
  Rule: code 按客户端所发送的原样到达微信：经过编码、完整，且无法添加或覆盖参数

    原因: 客户端写进 code 的内容最终会与小程序的 AppSecret 出现在同一个地址中。一个未编码的 & 符号就能让陌生人写下这次询问的其余部分。
    修复: 让 URL 库来拼合各个参数，它会对每个参数编码一次；不要截断、清洗或解码 code。
    来源: RFC 3986 第 2.4 节；jscode2session 文档页，参数

    场景: 由微信生成的 code
      假如 Alice 是微信用户
      当 Alice 兑换新的 code
      那么 她的 code 按她发送的原样到达微信

    场景大纲: 一个 code，其中含有<内容>
      假如 Alice 是微信用户
      当 Alice 兑换一个 code，其中含有<内容>
      那么 她的 code 按她发送的原样到达微信，或者根本没有到达

      例子:
        | 内容                      |
        | 一个 & 符号和一个 appid   |
        | 一个 & 符号和一个 secret  |
        | 一个 & 符号和一个 js_code |
        | 一个井号                  |
        | 百分号转义                |
        | 一个转义的 NUL            |
        | 一个 NUL                  |
        | 一个 HTML 标签            |
        | 一个单独的百分号          |
        | 一个加号                  |
        | 一个空格                  |
        | 引号                      |
        | 非 ASCII 字符             |
        | 一个换行符                |
        | 一个等号                  |
        | 一个分号                  |
        | 模板中的词                |
        | 一个美元符和一个 & 符号   |
        | 花括号                    |
        | 一段通向上级目录的路径    |
        | 六百个字符                |

  # en: 1f63c70fe1ad
  @CODE-05 @must @needs-upstream
  Rule: 后端用自己的 appid、自己的 secret 和 grant_type=authorization_code 询问微信

    原因: 一个 code 只对一个小程序有效。如果以另一个名称或为另一个目的询问，微信会拒绝；即使现在不拒绝，下一个版本也可能拒绝。
    修复: 在每次调用中发送文档所述的四个参数；appid 和 secret 取自配置，绝不取自客户端。
    来源: jscode2session 文档页，参数

    场景: 用户兑换 code
      假如 Alice 是微信用户
      当 Alice 兑换新的 code
      那么 后端以自己的身份询问微信

    场景大纲: 客户端除 code 外还附上<参数>
      假如 Alice 是微信用户
      当 Alice 兑换新的 code，并附上不属于后端的<参数>
      那么 后端以自己的身份询问微信，或者根本不询问

      例子:
        | 参数               |
        | 一个 appid         |
        | 大小写不同的 appid |
        | 一个 secret        |
        | 一个 grant_type    |
        | 请求头中的 appid   |

  # en: 015bc76c7309
  @CODE-06 @should @needs-upstream
  Rule: 一次成功的 code 兑换恰好调用一次 jscode2session

    原因: 微信限制可以询问它的频率，而用同一个 code 的第二次调用只会失败。
    修复: 询问一次，把返回的内容保留到不再需要为止，并且不要给这次调用套上重试。
    来源: wxutil.js，服务器有调用次数限制

    场景: 用户完整地登录
      假如 Alice 是微信用户
      当 Alice 登录并读取她的用户信息
      那么 code 兑换只调用了微信一次

  # en: 745448b77246
  @CODE-07 @must
  Rule: 缺失或为空的 code 被拒绝

    原因: 没有 code 的请求不能证明任何事，因此不得用某个用户的 openid 来响应。
    修复: 先检查该参数存在且不为空，再做其他任何事。
    来源: 微信的响应 41008，缺少 code

    场景大纲: 请求 code 兑换，用的是<种类>
      假如 Alice 是微信用户
      当 Alice 发起 code 兑换，用的是<种类>
      那么 code 兑换被拒绝

      例子:
        | 种类             |
        | 不带 code 的请求 |
        | 空的 code        |

  # en: 42233e68b344
  @CODE-08 @should @needs-upstream
  Rule: 缺失或为空的 code 被拒绝，且不询问微信

    原因: 结果事先已知，而每次询问都会计入所有人的额度。
    修复: 在询问微信之前先查看该参数。
    来源: 微信的响应 41008，缺少 code；jscode2session 的额度

    @serial
    场景大纲: 没有其他人，请求 code 兑换，用的是<种类>
      假如 Alice 是微信用户
      当 Alice 发起 code 兑换 2 次，用的是<种类>，期间没有其他人
      那么 没有询问微信

      例子:
        | 种类             |
        | 不带 code 的请求 |
        | 空的 code        |

  # en: 100124289a9c
  @CODE-09 @must
  Rule: 微信不认识的 code，或者存在超过五分钟的 code，被拒绝

    原因: 只有微信才能说出 code 属于谁。如果后端在微信拒绝之后仍然继续，任何会打字的人都能登录进来。
    修复: 如果微信的响应带有 0 以外的 errcode，或者其中没有 openid，就拒绝；无论哪种情况，HTTP 状态码都是 200。
    来源: wx.login 文档页，code 的有效期；微信的响应 40029

    场景大纲: 有人发送<种类>
      假如 Alice 是微信用户
      当 Alice 发起 code 兑换，用的是<种类>
      那么 code 兑换被拒绝

      例子:
        | 种类                   |
        | 从未发给任何人的 code  |
        | 根本不是 code 的词     |
        | 在 301 秒前生成的 code |

    场景: 有人发送开发者用于测试的 code
      假如 Alice 是微信用户
      当 Alice 发起 code 兑换，用的是开发者用于测试的每一个 code
      那么 这些 code 兑换全部被拒绝

  # en: b4901b03a624
  @CODE-10 @must @needs-upstream
  Rule: 微信可能返回的每个错误（40029、40163、40226、45011、-1、40013、40125，以及不在任何表中的错误）都是拒绝

    原因: 错误码的列表会在没有通知的情况下增长。谁把未知的错误码当作成功，谁就会让微信已拒绝的人登录进来。
    修复: 在读取其他任何内容之前，把 0 以外的 errcode 当作拒绝；不要依据错误码的列表来判断。
    来源: jscode2session 文档页，errcode；实际观察到的微信的响应

    场景大纲: 微信返回 <errcode>
      假如 Alice 是微信用户
      当 微信对她的 code 返回 <errcode>
      那么 拒绝的响应没有交出任何内容

      例子:
        | errcode |
        | -1      |
        | 40001   |
        | 40002   |
        | 40013   |
        | 40029   |
        | 40066   |
        | 40090   |
        | 40125   |
        | 40163   |
        | 40226   |
        | 41002   |
        | 41004   |
        | 41008   |
        | 45009   |
        | 45011   |
        | 50002   |
        | 1       |
        | 99999   |

    场景大纲: 微信返回 <errcode>，并附上 openid
      假如 Alice 是微信用户
      当 微信对她的 code 返回 <errcode>，并附上她的 openid
      那么 拒绝的响应没有交出任何内容

      例子:
        | errcode |
        | -1      |
        | 40226   |
        | 99999   |

    场景: 没有人因拒绝而成为已知用户
      假如 Alice 是微信用户
      而且 对于从未由任何 code 兑换产生的 openid，不签发令牌
      当 微信对她的 code 返回 40226，并附上她的 openid
      而且 用她的 openid 请求令牌
      那么 没有签发令牌

  # en: 7692e54b7b9b
  @CODE-11 @must @needs-upstream
  Rule: 为另一个 appid 生成的 code 被拒绝

    原因: code 证明的是谁打开了某一个小程序。谁接受另一个小程序的 code，谁就会让那个小程序的制作者以其访客的身份在这里登录。
    修复: 只用一个 appid，即该客户端所属的那个 appid，询问微信，并在微信拒绝时停止。
    来源: 微信的响应 40029，code 无效；jscode2session 文档页

    场景: code 来自另一个小程序
      假如 Alice 是微信用户
      而且 她的 code 兑换被拒绝，原因是从未发给任何人的 code
      当 Alice 发起 code 兑换，用的是另一个小程序的 code
      那么 code 兑换被拒绝

  # en: e08b4d79fea7
  @CODE-12 @must
  Rule: 被拒绝之后，同一个用户用新的 code 登录

    原因: code 过期、与重试相冲突，这些每天都在发生。一次拒绝不得把用户锁在门外。
    修复: 响应之后不要再记住被拒绝的 code；按地址或按设备并以延迟来限制尝试，绝不永久限制。
    来源: 流程第 4 步，重新走一遍登录流程

    场景大纲: 被拒绝的是<种类>，随后是新的登录
      假如 Alice 已登录两次
      而且 她的 code 兑换被拒绝，原因是<种类>
      当 Alice 登录
      那么 她得到了 openid 和令牌

      例子:
        | 种类                   |
        | 空的 code              |
        | 从未发给任何人的 code  |
        | 在 301 秒前生成的 code |

    场景: 已兑换过的 code 之后是新的登录
      假如 Alice 已登录两次
      而且 她的 code 兑换被拒绝，原因是她已兑换过的 code
      当 Alice 登录
      那么 她得到了 openid 和令牌

    场景: 新的 code 与已兑换过的仅字母大小写不同
      假如 Alice 已登录两次
      当 Alice 用她上一个 code（字母大小写反转）登录
      那么 她得到了 openid 和令牌

  # en: d7f624ff0fe4
  @CODE-13 @must @needs-upstream
  Rule: 把手机号快速验证组件返回的 code 当作登录凭证 code 发送时被拒绝

    原因: 小程序会得到两种 code，而且两者都叫 code。其中一种用来取得手机号，并不说明登录的是谁。
    修复: 把作为登录凭证 code 到来的内容发送给 jscode2session，不发往别处。
    来源: 手机号文档页，该 code 与 wx.login 的 code 不同

    场景: 手机发送手机号快速验证组件返回的 code
      假如 Alice 是微信用户
      而且 她的 code 兑换被拒绝，原因是从未发给任何人的 code
      当 Alice 发起 code 兑换，用的是她的手机号 code
      那么 code 兑换被拒绝

  # en: a85a75c673f1
  @CODE-14 @should
  Rule: 对 code 兑换的响应不可缓存（no-store）

    原因: 缓存所依据的只有含有 code 的地址。留存的响应会向重复该地址的人说出某个用户是谁，或者让拒绝一直存在。
    修复: 在该路径的每个响应中都发送 Cache-Control: no-store。
    来源: RFC 9111 第 5.2.2.5 节；RFC 6749 第 5.1 节

    场景: 兑换一个 code
      假如 Alice 是微信用户
      当 Alice 兑换新的 code
      那么 给出了 openid，且没有缓存保留该响应

    场景: code 被拒绝
      假如 Alice 是微信用户
      当 Alice 发起 code 兑换，用的是从未发给任何人的 code
      那么 没有缓存保留该响应

  # en: 09b7feddd355
  @CODE-15 @should @needs-upstream
  Rule: 不反复冲击正忙的微信（-1）或已满的额度（45011）：一个 code 最多发送 6 次，45011 之后不再发送

    原因: 用更多请求来应对过载，会使过载持续下去；而用完的额度不会因为询问而重新填满。
    修复: 对正忙的微信最多再尝试几次，且间隔逐次加长；额度已满时立即传递这一结果。
    来源: jscode2session 文档页，-1 和 45011；一个广泛使用的 SDK 的六次发送

    场景: 微信正忙
      假如 Alice 是微信用户
      当 微信对她的 code 返回 -1
      那么 她的 code 没有被反复发送

    场景: 额度已用完
      假如 Alice 是微信用户
      当 微信对她的 code 返回 45011
      那么 她的 code 没有再次发送

  # en: 80b78be29218
  @CODE-16 @should
  Rule: 如果原因在于客户端的 code，拒绝就不是服务器错误（没有 5xx）

    原因: 状态码 500 会惊动值班人员，使代理重复请求，并让手机再次尝试同一个 code，而这无济于事。
    修复: 对微信拒绝的 code 用 4xx 状态码响应，或者用 200 和写明拒绝的统一响应结构响应。
    来源: RFC 9110 第 15.5 和 15.6 节

    场景大纲: 有人发送<种类>
      假如 Alice 已兑换一个 code
      当 Alice 发起 code 兑换，用的是<种类>
      那么 它被拒绝，且不是作为服务器的错误

      例子:
        | 种类                   |
        | 不带 code 的请求       |
        | 空的 code              |
        | 从未发给任何人的 code  |
        | 根本不是 code 的词     |
        | 在 301 秒前生成的 code |
        | 另一个小程序的 code    |
        | 她的手机号 code        |
        | 她已兑换过的 code      |

    场景: 一个 code 在同一时刻发送四次
      假如 Alice 已兑换一个 code
      而且 微信需要 20 毫秒才响应她的 code
      当 Alice 在同一时刻兑换同一个 code 4 次，共 1 轮
      那么 任何一轮中的拒绝都不是服务器的错误

  # en: 9e67d8ff1043
  @CODE-17 @must
  Rule: 只有 code 说明谁在登录：客户端随 code 一起发送的 openid，或在没有 code 时发送的 openid，不指明任何人

    原因: openid 不是秘密。如果请求可以指定 openid，每个人就都能以任何人的身份登录。
    修复: 从请求中只读取 code，不读取其他任何内容；openid 取自微信的响应。
    来源: 流程第 2 步；OWASP ASVS，身份来自可信来源

    场景: 有人随有效的 code 一起发送他人的 openid
      假如 Alice 已兑换一个 code
      而且 Mallory 是微信用户
      当 Mallory 兑换新的 code，并附上 Alice 的 openid
      那么 Mallory 没有被当作 Alice

    场景大纲: 有人<位置>发送他人的 openid
      假如 Alice 已兑换一个 code
      而且 Mallory 是微信用户
      当 Mallory 兑换新的 code，并<位置>附上 Alice 的 openid
      那么 Mallory 没有被当作 Alice

      例子:
        | 位置         |
        | 以其他名称   |
        | 在资料中     |
        | 在 cookie 中 |
        | 在请求头中   |

    场景: 有人随有效的 code 一起发送他人的令牌
      假如 已向 Alice 签发令牌
      而且 Mallory 是微信用户
      当 Mallory 兑换新的 code，并附上 Alice 的令牌
      那么 Mallory 没有被当作 Alice

    场景: 有人随有效的 code 一起发送他人的用户 ID
      假如 Alice 已读取她的用户信息
      而且 Mallory 是微信用户
      当 Mallory 兑换新的 code，并附上 Alice 的用户 ID
      那么 Mallory 没有被当作 Alice

    场景: 有人随有效的 code 一起发送他人的 unionid
      假如 Alice 已读取她的用户信息
      而且 此后小程序已绑定到微信开放平台账号，因此她有了 unionid
      而且 Alice 登录并读取她的用户信息
      而且 Mallory 是微信用户
      当 Mallory 兑换新的 code，并附上 Alice 的 unionid
      那么 Mallory 没有被当作 Alice

    场景大纲: 有人发送他人的 openid，用的是<种类>
      假如 Alice 已兑换一个 code
      而且 Mallory 是微信用户
      当 Mallory 发起 code 兑换，用的是<种类>，并附上 Alice 的 openid
      那么 Mallory 没有被当作 Alice

      例子:
        | 种类                  |
        | 不带 code 的请求      |
        | 从未发给任何人的 code |

    场景大纲: 微信返回 <故障> 时，有人发送他人的 openid
      假如 Alice 已兑换一个 code
      而且 Mallory 是微信用户
      当 Mallory 兑换一个 code，微信对它返回 <故障>，同时附上 Alice 的 openid
      那么 Mallory 没有被当作 Alice

      例子:
        | 故障            |
        | errcode-minus-1 |
        | http-502-html   |
