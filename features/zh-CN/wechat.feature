# language: zh-CN
功能: 与真实的平台共处
  微信的响应与其文档所示不同，因账号而异，也随岁月而变。有时没有响应，
  或者响应来自中间的某个环节。无论到来的是什么，都必须响应手机，不得误放任何人进来，
  下一次登录也必须有效。

  # en: f7cfb30b9eef
  @WECHAT-01 @must @needs-upstream
  Rule: 声明为 text/plain 的 JSON 能被理解

    原因: 微信把它的 JSON 声明为 text/plain。依据声明行事的客户端库什么也读不到。
    修复: 无论响应声明何种媒体类型，都把正文当作 JSON 解析。
    来源: 实际观察到的 jscode2session 的响应，Content-Type

    场景大纲: 响应<声明>，或者像通常那样是 text/plain
      假如 Alice 是微信用户
      而且 Bob 是微信用户
      当 Alice 兑换一个 code，微信对它返回 <故障>，而 Bob 兑换普通的 code
      那么 Bob 的响应得到理解

      例子:
        | 声明                   | 故障                |
        | 声明为 JSON            | declared-json       |
        | 声明为 JSON 并带有编码 | declared-json-utf-8 |

    场景大纲: 响应像通常那样是 text/plain，或者<声明>
      假如 Alice 是微信用户
      而且 Bob 是微信用户
      当 Alice 兑换普通的 code，而 Bob 兑换一个 code，微信对它返回 <故障>
      那么 Bob 的响应得到理解

      例子:
        | 声明                    | 故障                |
        | 是带有编码的 text/plain | declared-text-utf-8 |
        | 没有声明任何类型        | undeclared          |

  # en: b6903aae3da3
  @WECHAT-02 @must @needs-upstream
  Rule: 没有 errcode 的成功响应能被理解

    原因: 文档中的示例显示 errcode 0；真正的成功响应根本没有 errcode。
    修复: 把缺失的 errcode 当作成功，并查找 openid。
    来源: 实际观察到的 jscode2session 的响应

    场景大纲: 响应带有以下成员：<成员>；或者像通常那样两者皆无
      假如 Alice 是微信用户
      而且 Bob 是微信用户
      当 Alice 兑换一个 code，微信对它返回 <故障>，而 Bob 兑换普通的 code
      那么 Bob 的响应得到理解

      例子:
        | 成员                | 故障         |
        | errcode 0           | errcode-0    |
        | errcode 0 和 errmsg | errcode-0-ok |

  # en: 3b54a938701b
  @WECHAT-03 @must @needs-upstream
  Rule: 带有 errcode 0 的成功响应能被理解

    原因: 旧账号和平台的其他接口会在成功时发送 errcode 0。
    修复: 查看 errcode 的值，而不是查看它是否存在。
    来源: jscode2session 文档页，响应示例

    场景大纲: 响应带有以下成员：<成员>
      假如 Alice 是微信用户
      而且 Bob 是微信用户
      当 Alice 兑换普通的 code，而 Bob 兑换一个 code，微信对它返回 <故障>
      那么 Bob 的响应得到理解

      例子:
        | 成员                   | 故障         |
        | errcode 0              | errcode-0    |
        | errcode 0 和 errmsg ok | errcode-0-ok |
        | 空的 errmsg            | empty-errmsg |

  # en: ce0b23df7c0e
  @WECHAT-04 @must @needs-upstream
  Rule: 有或没有 unionid，有或没有 expires_in，有未知字段：都能被理解

    原因: 返回哪些成员取决于账号，而且微信会在没有通知的情况下添加新成员。
    修复: 读取 openid，不理会其他一切。
    来源: jscode2session 文档页；实际观察到的新旧账号的响应

    场景大纲: 响应带有以下成员：<成员>
      假如 Alice 是微信用户
      而且 Bob 是微信用户
      当 Alice 兑换普通的 code，而 Bob 兑换一个 code，微信对它返回 <故障>
      那么 Bob 的响应得到理解

      例子:
        | 成员                    | 故障              |
        | unionid                 | unionid-present   |
        | expires_in              | legacy-expires-in |
        | 无人知晓的成员          | unknown-members   |
        | 另一个成员之中的 openid | nested-members    |

    场景大纲: 响应没有 <成员>
      假如 Alice 是微信用户
      而且 Bob 是微信用户
      当 Alice 兑换一个 code，微信对它返回 <故障>，而 Bob 兑换普通的 code
      那么 Bob 的响应得到理解

      例子:
        | 成员       | 故障              |
        | unionid    | unionid-present   |
        | expires_in | legacy-expires-in |

  # en: ae57d1abdaac
  @WECHAT-05 @must @needs-upstream
  Rule: session_key 中转义的斜杠和任意的键顺序都能被理解

    原因: 微信把斜杠写成 \/，而 JSON 不保证任何顺序。谁在文本中搜索而不解析它，谁就会时而找到错误的内容。
    修复: 使用 JSON 解析器。
    来源: 实际观察到的 jscode2session 的响应；RFC 8259 第 4 和 7 节

    场景大纲: 成员的写法：<写法>
      假如 Alice 是微信用户
      而且 Bob 是微信用户
      当 Alice 兑换普通的 code，而 Bob 兑换一个 code，微信对它返回 <故障>
      那么 Bob 的响应得到理解

      例子:
        | 写法           | 故障             |
        | 斜杠保持原样   | slashes-plain    |
        | 顺序相反       | reversed-members |
        | 每个字符都转义 | unicode-escapes  |
        | 各占一行       | pretty-printed   |

    场景: session_key 含有斜杠，且斜杠被转义
      假如 Alice 是微信用户
      而且 Bob 是微信用户
      当 Alice 兑换一个 code，微信对它返回 slashes-plain，而 Bob 兑换一个 code，微信对它返回 slashes-escaped
      那么 Bob 的响应得到理解

  # en: 54ef49665335
  @WECHAT-06 @must @needs-upstream
  Rule: 微信异常（502 HTML、空的正文、被截断的正文、损坏的 JSON、其他类型的 JSON、重置、连接被拒绝）即为拒绝，且有响应

    原因: 代理、重启和网络每天都会破坏响应。不得因此放任何人进来，也不得让任何人得不到响应。
    修复: 捕获调用微信时的每种失败，把带有 openid 的 JSON 对象以外的一切都当作拒绝，并向手机作出响应。
    来源: SDK 用户关于空响应、被截断的响应和外来响应的报告

    场景大纲: 返回的内容是：<响应>
      假如 Alice 是微信用户
      当 Alice 兑换一个 code，微信对它返回 <故障>
      那么 code 兑换被拒绝，且有响应

      例子:
        | 响应                       | 故障                 |
        | 代理的 502 页面            | http-502-html        |
        | 没有正文的 500             | http-500-empty       |
        | 以非微信的 JSON 表示的 500 | http-500-json        |
        | 负载均衡器的 503 页面      | http-503-html        |
        | 以非微信的 JSON 表示的 404 | http-404-json        |
        | 防火墙的 403 页面          | http-403-html        |
        | 网关的 429                 | http-429-json        |
        | 网络登录的 200 页面        | http-200-html        |
        | 没有去处的重定向           | redirect             |
        | 循环的重定向               | redirect-loop        |
        | 空的正文                   | empty-body           |
        | 204                        | no-content           |
        | 空格                       | blank-body           |
        | 文字                       | not-json             |
        | 损坏的 JSON                | broken-json          |
        | XML                        | xml                  |
        | 只有一半的 JSON            | half-json            |
        | null                       | json-null            |
        | 数字                       | json-number          |
        | 文本                       | json-text            |
        | true                       | json-true            |
        | 数组                       | json-array           |
        | 空的对象                   | empty-object         |
        | 数组之中的成功响应         | success-in-array     |
        | 非文本字节                 | invalid-utf-8        |
        | 嵌套 10,000 层的对象       | deep-nesting         |
        | 无法解压的 gzip            | gzip-broken          |
        | 立即关闭的连接             | closed-before-answer |
        | 被截断的头部               | closed-in-head       |
        | 被截断的正文               | body-cut-short       |
        | 被截断的分块               | chunk-cut            |
        | 响应之前的重置             | reset-before-answer  |
        | 头部之后的重置             | reset-after-head     |
        | 正文之中的重置             | reset-in-body        |
        | 非 HTTP 的内容             | not-http             |

    @serial
    场景: 微信原先所在之处没有程序在监听
      假如 Alice 是微信用户
      当 Alice 兑换一个 code，期间到微信的连接被拒绝
      那么 code 兑换被拒绝，且有响应

  # en: 659e5b2dc003
  @WECHAT-07 @must @needs-upstream
  Rule: 微信无响应，即在契约规定的等待时限内拒绝（默认 10 秒；手机到 60 秒时放弃）

    原因: 后端等待多久，用户就要看多久加载动画，而等待中的工作线程不能为其他任何人服务。
    修复: 为对微信的调用设置几秒的时限，涵盖连接、响应头和正文。
    来源: wx.request 文档页，timeout

    @serial
    场景: 微信什么也不说，或者在头部之后停止，或者在正文中间停止
      假如 Alice 是微信用户
      当 Alice 在同一时刻兑换以下 code：
        | silence            |
        | silence-after-head |
        | silence-in-body    |
      那么 其中每一个都及时被拒绝

  # en: 7f58bcb45ad0
  @WECHAT-08 @must @needs-upstream
  Rule: 上述每种情况之后，下一次登录成功

    原因: 微信片刻之后就恢复正常。没有恢复的后端，就把小问题变成了服务中断。
    修复: 不保留损坏的连接，也不保留失败的结果；让每次 code 兑换都重新开始。
    来源: SDK 用户关于客户端一直处于损坏状态的报告

    场景大纲: 用户在 <故障> 之后再次尝试
      假如 Alice 已登录两次
      而且 她的 code 兑换遇到 <故障>
      当 Alice 登录
      那么 她得到了 openid 和令牌

      例子:
        | 故障                 |
        | http-502-html        |
        | http-429-json        |
        | empty-body           |
        | half-json            |
        | json-null            |
        | deep-nesting         |
        | closed-before-answer |
        | body-cut-short       |
        | length-too-long      |
        | length-too-short     |
        | chunk-size-broken    |
        | reset-before-answer  |
        | reset-in-body        |
        | not-http             |
        | openid-null          |

    @serial
    场景: 用户在连接被拒绝之后再次尝试
      假如 Alice 已登录两次
      而且 她的 code 兑换遇到连接被拒绝
      当 Alice 登录
      那么 她得到了 openid 和令牌

    @serial
    场景: 用户在微信无响应之后再次尝试
      假如 Alice 已登录两次
      而且 她的 code 兑换遇到无响应
      当 Alice 登录
      那么 她得到了 openid 和令牌

  # en: bae324a220b6
  @WECHAT-09 @observe @needs-upstream
  Rule: 后端调用过哪些微信接口，以及其中有哪些出乎意料

    原因: 每个接口都有自己的额度，而没有人料到的接口值得一问。
    修复: 没有需要修复的地方；将它与你所认为的后端询问的内容对照。
    来源: 微信的服务端 API

    @after-all
    场景: 在整次运行中
      那么 记录后端调用过的接口

  # en: c7b4229bf942
  @WECHAT-10 @must @needs-upstream
  Rule: 在状态码为 200 的响应中，openid 为空、为 null、为数字或缺失，即为拒绝

    原因: 带着空的 openid 继续执行的代码，会把遇到这种情况的所有人变成一个用户。
    修复: 在对响应做其他任何事之前，要求 openid 是非空字符串。
    来源: 一个对每种失败都返回空 openid 的 SDK

    场景大纲: 微信的成功响应中，<openid>
      假如 Alice 是微信用户
      当 Alice 兑换一个 code，微信对它返回 <故障>
      那么 code 兑换被拒绝

      例子:
        | openid                     | 故障                    |
        | openid 为空                | openid-empty            |
        | openid 为 null             | openid-null             |
        | openid 为数字              | openid-number           |
        | 没有 openid                | openid-absent           |
        | errcode 为 0 且没有 openid | openid-absent-errcode-0 |
        | openid 为 false            | openid-bool             |
        | openid 为对象              | openid-object           |
        | openid 为列表              | openid-array            |

  # en: 172556597dab
  @WECHAT-11 @should @needs-upstream
  Rule: 微信的故障与客户端的错误可以区分（5xx，或者统一响应结构中有其专用的错误码）

    原因: 原因在于微信时，手机应当稍后再试；原因在于 code 时，手机应当请求新的 code。
    修复: 微信失败时返回 502 或 503，或者在正文中给它一个专用的错误码。
    来源: RFC 9110 第 15.6 节

    场景大纲: 微信返回 <故障>
      假如 Alice 已兑换一个 code
      当 Alice 兑换从未发给任何人的 code，又兑换一个 code，微信对它返回 <故障>
      那么 两次拒绝可以区分

      例子:
        | 故障                |
        | errcode-minus-1     |
        | errcode-45011       |
        | http-502-html       |
        | empty-body          |
        | reset-before-answer |

  # en: 39a798bc120d
  @WECHAT-12 @should @needs-upstream
  Rule: 微信对一个用户无响应期间，其他用户仍能登录

    原因: 一个缓慢的响应如果拖住所有人，就会把小问题变成服务中断。
    修复: 询问微信期间不持有任何锁，并且工作线程不止一个。
    来源: RFC 9110 第 3.3 节，各个请求相互独立

    @serial
    场景: Alice 等待微信时 Bob 登录
      假如 Alice 是微信用户
      而且 Bob 已兑换一个 code
      当 Bob 兑换一个 code，期间微信让 Alice 等待
      那么 Bob 先于 Alice 得到服务

  # en: d9b7b6bcbabb
  @WECHAT-13 @should @needs-upstream
  Rule: 无论 HTTP 以何种方式传送，微信的响应都能被理解

    原因: 途中的代理可能把响应切成分块，在响应之后关闭连接，或者预先通告响应。这些都是 HTTP。
    修复: 使用 HTTP 库，并在解析之前把正文读取到末尾。
    来源: RFC 9112 第 6 和 9 节；RFC 9110 第 15.2 节

    场景大纲: 响应的传送方式：<方式>
      假如 Alice 是微信用户
      而且 Bob 是微信用户
      当 Alice 兑换普通的 code，而 Bob 兑换一个 code，微信对它返回 <故障>
      那么 Bob 的响应得到理解

      例子:
        | 方式             | 故障              |
        | 一个分块         | chunked           |
        | 每个一字节的分块 | chunked-by-byte   |
        | 直到连接关闭     | close-delimited   |
        | HTTP/1.0         | http-1-0          |
        | 响应头名称为小写 | fields-lower-case |
        | 带有更多响应头   | more-fields       |
        | 小数据包         | in-pieces         |
