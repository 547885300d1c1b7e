package interop;

import cn.binarywang.wx.miniapp.api.WxMaService;
import cn.binarywang.wx.miniapp.api.impl.WxMaServiceImpl;
import cn.binarywang.wx.miniapp.config.impl.WxMaDefaultConfigImpl;
import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.exceptions.JWTVerificationException;
import com.auth0.jwt.interfaces.JWTVerifier;
import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.security.BasicAuthCredentials;
import java.net.URLEncoder;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import me.chanjar.weixin.common.error.WxErrorException;
import me.chanjar.weixin.common.util.http.apache.DefaultApacheHttpClientBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The documented login flow on Javalin, WxJava and java-jwt.
 *
 * <pre>
 * GET  miniprogram/wxmp/code2session?code=…   200 {"code": 0, "data": {"openid": …}}
 * POST auth/openid/token, form openid=…       200 {"access_token": …, "token_type": "Bearer", "expires_in": …}
 * GET  admin/user/info, Bearer token          200 {"code": 0, "data": {…}}
 * </pre>
 *
 * Environment: PORT, WECHAT_APPID, WECHAT_SECRET, TOKEN_TTL (seconds a token lives), FAULT (see faults.tsv; none by
 * default), and WECHAT_API, where WeChat is if not at its own address. The SDK's HTTP client does not look at
 * -Dhttps.proxyHost, so it is led elsewhere by this setting of the SDK's own.
 */
public final class Backend {
  private static final Logger log = LoggerFactory.getLogger(Backend.class);
  private static final Gson gson = new Gson();

  record User(int userId, String openid, String nickname) {}

  private final WxMaService wechat;
  private final int lifetime;
  private final String fault;
  private final Algorithm algorithm;
  private final JWTVerifier verifier;
  private final Map<String, User> users = new ConcurrentHashMap<>(); // by openid
  private final AtomicInteger lastUserId = new AtomicInteger();
  private volatile User asking; // of FAULT=shared-field
  private volatile String sessionKey = ""; // of FAULT=session-key-in-dto

  private Backend(Map<String, String> env) throws GeneralSecurityException {
    WxMaDefaultConfigImpl config = new WxMaDefaultConfigImpl();
    config.setAppid(env.get("WECHAT_APPID"));
    config.setSecret(env.get("WECHAT_SECRET"));
    config.setApiHostUrl(env.get("WECHAT_API"));
    // The SDK neither looks at a kept connection that was used within the last two seconds nor asks again when it
    // turns out to be closed: when WeChat's end restarts, as many logins fail as there are kept connections.
    config.setApacheHttpClientBuilder(DefaultApacheHttpClientBuilder.get().keepAliveStrategy((response, http) -> 1));
    wechat = new WxMaServiceImpl();
    wechat.setWxMaConfig(config);
    // By default the SDK asks a busy WeChat five times more, and sleeps for 31 seconds between.
    wechat.setMaxRetryTimes(1);
    wechat.setRetrySleepMillis(500);

    lifetime = Integer.parseInt(env.getOrDefault("TOKEN_TTL", "7200"));
    fault = env.getOrDefault("FAULT", "");
    // A key pair of this process. With several processes it would come from the configuration.
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    algorithm = Algorithm.RSA256((RSAPublicKey) pair.getPublic(), (RSAPrivateKey) pair.getPrivate());
    verifier = JWT.require(algorithm).build();
  }

  public static void main(String[] args) throws GeneralSecurityException {
    // At a lower level the SDK writes every address into the log, with its own access token in it.
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
    System.setProperty("org.slf4j.simpleLogger.log.interop", "info");
    Backend backend = new Backend(System.getenv());
    Javalin.create(
            config -> {
              config.showJavalinBanner = false;
              config.http.prefer405over404 = true;
              config.http.maxRequestSize = 64 * 1024L;
            })
        .before(ctx -> ctx.header("Cache-Control", "no-store"))
        .get("/miniprogram/wxmp/code2session", backend::exchange)
        .post("/auth/openid/token", backend::token)
        .get("/admin/user/info", backend::userInfo)
        .exception(
            HttpResponseException.class, (e, ctx) -> refuse(ctx, e.getStatus(), e.getStatus(), "see the status"))
        // Javalin 6.7 looks the charset up that a client names, and stumbles over those that are none.
        .exception(IllegalCharsetNameException.class, (e, ctx) -> refuse(ctx, 415, 415, "unknown charset"))
        .exception(UnsupportedCharsetException.class, (e, ctx) -> refuse(ctx, 415, 415, "unknown charset"))
        .exception(
            Exception.class,
            (e, ctx) -> {
              log.error("unexpected", e);
              refuse(ctx, 500, 500, "unexpected");
            })
        .start("127.0.0.1", Integer.parseInt(System.getenv().getOrDefault("PORT", "8080")));
  }

  private void exchange(Context ctx) {
    List<String> codes = ctx.queryParams("code");
    if (codes.size() != 1 || codes.get(0).isBlank()) {
      refuse(ctx, 400, 41008, "one code is needed");
      return;
    }
    String openid;
    try {
      openid = openidFor(codes.get(0));
    } catch (WxErrorException e) {
      int errcode = e.getError().getErrorCode();
      refuse(ctx, statusFor(errcode), errcode, "WeChat refused the code");
      return;
    } catch (RuntimeException e) { // no connection, a status of 300 or more, nothing that is JSON …
      if (fault.equals("exception-message")) {
        refuse(ctx, 502, 5001, e.getMessage());
        return;
      }
      log.warn("WeChat could not be asked: {}", e.getClass().getName());
      refuse(ctx, 502, 5001, "WeChat cannot be reached or understood");
      return;
    }
    if (openid == null || openid.isEmpty()) {
      refuse(ctx, 502, 5002, "WeChat cannot be understood");
      return;
    }
    users.computeIfAbsent(openid, o -> new User(lastUserId.incrementAndGet(), o, "WeChat user"));
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("openid", openid);
    if (fault.equals("session-key-in-dto")) {
      data.put("sessionKey", sessionKey);
    }
    answer(ctx, 200, Map.of("code", 0, "msg", "ok", "data", data));
  }

  /**
   * Asks WeChat. Not by {@code jsCode2SessionInfo}, for two reasons: it puts the code into the address as it is, so that
   * an ampersand begins another parameter and a blank is an error whose text is the whole address, secret included; and
   * its bean takes an openid that is a number or a boolean for a text.
   */
  private String openidFor(String code) throws WxErrorException {
    if (fault.equals("exception-message")) {
      return wechat.jsCode2SessionInfo(code).getOpenid();
    }
    String encoded = URLEncoder.encode(code, StandardCharsets.UTF_8);
    if (fault.equals("session-bean")) {
      return wechat.jsCode2SessionInfo(encoded).getOpenid();
    }
    String query =
        "appid=%s&secret=%s&js_code=%s&grant_type=authorization_code"
            .formatted(wechat.getWxMaConfig().getAppid(), wechat.getWxMaConfig().getSecret(), encoded);
    JsonObject session = JsonParser.parseString(wechat.get(WxMaService.JSCODE_TO_SESSION_URL, query)).getAsJsonObject();
    if (fault.equals("session-key-in-dto")) {
      sessionKey = session.get("session_key").getAsString();
    }
    JsonElement openid = session.get("openid");
    boolean text = openid != null && openid.isJsonPrimitive() && openid.getAsJsonPrimitive().isString();
    return text ? openid.getAsString() : null;
  }

  /** Tells a trouble of WeChat's, or of our account there, from a code that is no good. */
  private static int statusFor(int errcode) {
    return switch (errcode) {
      case -1, 45009, 45011 -> 503;
      case 40001, 40013, 40125, 50002 -> 502;
      default -> 400;
    };
  }

  private void token(Context ctx) {
    BasicAuthCredentials client;
    try {
      client = ctx.basicAuthCredentials();
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      // Javalin 6.7 stumbles over broken base64 and over credentials without a colon, which would be a 500.
      client = null;
    }
    if (client == null || !same(client.getUsername(), "app") || !same(client.getPassword(), "app")) {
      ctx.header("WWW-Authenticate", "Basic realm=\"backend\"");
      answer(ctx, 401, Map.of("error", "invalid_client"));
      return;
    }
    List<String> openids = ctx.formParams("openid");
    if (openids.size() != 1 || openids.get(0).isEmpty()) {
      answer(ctx, 400, Map.of("error", "invalid_request"));
      return;
    }
    User user = users.get(openids.get(0));
    if (user == null) {
      answer(ctx, 400, Map.of("error", "invalid_grant"));
      return;
    }
    Instant now = Instant.now();
    String token =
        JWT.create()
            .withSubject(user.openid())
            .withJWTId(UUID.randomUUID().toString())
            .withIssuedAt(now)
            .withExpiresAt(now.plusSeconds(lifetime))
            .sign(algorithm);
    answer(ctx, 200, Map.of("access_token", token, "token_type", "Bearer", "expires_in", lifetime));
  }

  private void userInfo(Context ctx) {
    User user = userOf(ctx.header("Authorization"));
    if (user == null) {
      ctx.header("WWW-Authenticate", "Bearer");
      refuse(ctx, 401, 401, "log in first");
      return;
    }
    if (fault.equals("shared-field")) {
      asking = user; // the controller is one for all requests
      pause(20); // what a database takes
      user = asking;
    }
    answer(ctx, 200, Map.of("code", 0, "msg", "ok", "data", user));
  }

  private User userOf(String authorization) {
    if (authorization == null || !authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return null;
    }
    try {
      return users.get(verifier.verify(authorization.substring(7)).getSubject());
    } catch (JWTVerificationException e) {
      return null;
    }
  }

  private static boolean same(String given, String expected) {
    return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
  }

  /** Answers without {@code data}, which the documented client would take for a success. */
  private static void refuse(Context ctx, int status, int code, String msg) {
    answer(ctx, status, Map.of("code", code, "msg", msg));
  }

  private static void answer(Context ctx, int status, Object body) {
    ctx.status(status).contentType("application/json").result(gson.toJson(body));
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
