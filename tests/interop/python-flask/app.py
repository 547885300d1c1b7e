"""The documented login flow on Flask, wechatpy and PyJWT.

    GET  miniprogram/wxmp/code2session?code=…   200 {"code": 0, "data": {"openid": …}}
    POST auth/openid/token, form openid=…       200 {"access_token": …, "token_type": "Bearer", "expires_in": …}
    GET  admin/user/info, Bearer token          200 {"code": 0, "data": {…}}

Environment: PORT, WECHAT_APPID, WECHAT_SECRET, TOKEN_TTL (seconds a token lives), FAULT (see faults.tsv; none by
default). The address of WeChat is a constant of the SDK. requests, by which it asks, reads HTTPS_PROXY and
REQUESTS_CA_BUNDLE, and so it can be led elsewhere.

It runs on waitress, which has enough threads that a silent WeChat keeps nobody else from logging in. Users are in
memory, so there is one process.
"""

import functools
import hmac
import logging
import os
import secrets
import time
from threading import Lock

import jwt
from flask import Flask, g, jsonify, request
from waitress import serve
from werkzeug.exceptions import HTTPException
from wechatpy.client import WeChatClient
from wechatpy.exceptions import WeChatClientException

PORT = int(os.environ.get("PORT", "8080"))
APPID = os.environ["WECHAT_APPID"]
SECRET = os.environ["WECHAT_SECRET"]
TOKEN_TTL = int(os.environ.get("TOKEN_TTL", "7200"))
FAULT = os.environ.get("FAULT", "")

# Of WeChat's numbers these say that WeChat, or our account there, is in trouble. All others are about the code.
WECHAT_TROUBLE = {-1: 503, 45009: 503, 45011: 503, 40013: 502, 40125: 502, 50002: 502}
# A key of this process. With several processes it would come from the configuration.
JWT_KEY = secrets.token_bytes(32)
# The client of wxutil.js, `Basic YXBwOmFwcA==`.
CLIENT = ("app", "app")

log = logging.getLogger("backend")
app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
app.json.ensure_ascii = False


# Without auto_retry: it takes 40001 for a stale access token, fetches another one and asks again, without an end.
wechat = WeChatClient(APPID, SECRET, timeout=3, auto_retry=False)
# Before any other call it asks for WeChat's own access token, and sets no limit of time to that.
wechat._http.request = functools.partial(wechat._http.request, timeout=3)

users = {}  # by openid; a dict tells letter case apart, which many a database column does not
users_lock = Lock()


def user_of(openid):
    with users_lock:
        return users.setdefault(openid, {"userId": len(users) + 1, "openid": openid, "nickname": "WeChat user"})


def refuse(status, code, msg, **headers):
    """A refusal has no `data`: the documented client would take it for a success."""
    return jsonify(code=code, msg=msg), status, headers


@app.get("/miniprogram/wxmp/code2session")
def code2session():
    codes = request.args.getlist("code")
    if len(codes) != 1 or not codes[0].strip():
        return refuse(400, 41008, "one code is needed")
    try:
        session = wechat.wxa.code_to_session(codes[0])
    except WeChatClientException as error:
        if FAULT == "debugger":
            raise
        if error.errcode is None:  # a status of 4xx or 5xx
            return refuse(502, 5002, "WeChat cannot be understood")
        return refuse(WECHAT_TROUBLE.get(error.errcode, 400), error.errcode, "WeChat refused the code")
    except Exception as error:  # no connection, no answer in time, an answer nested too deeply for the parser …
        if FAULT == "debugger":
            raise
        # Only the kind: the text of an error of requests names the address, and with it the secret.
        log.warning("WeChat could not be asked: %s", type(error).__name__)
        return refuse(502, 5001, "WeChat cannot be reached")
    # What is not JSON, or no object, wechatpy returns as it is.
    openid = session.get("openid") if isinstance(session, dict) else None
    if not isinstance(openid, str) or not openid:
        return refuse(502, 5002, "WeChat cannot be understood")
    user = user_of(openid)
    if FAULT == "session-key-in-jwt":
        user["session_key"] = session.get("session_key")
    return jsonify(code=0, msg="ok", data={"openid": openid})


@app.post("/auth/openid/token")
def token():
    try:
        client = request.authorization
    except ValueError:  # Werkzeug 3.1.9 stumbles over letters beyond ASCII, which would be a 500
        client = None
    known = (
        client is not None
        and client.type == "basic"
        and hmac.compare_digest((client.username or "").encode(), CLIENT[0].encode())
        and hmac.compare_digest((client.password or "").encode(), CLIENT[1].encode())
    )
    if not known:
        return jsonify(error="invalid_client"), 401, {"WWW-Authenticate": 'Basic realm="backend"'}
    openids = request.form.getlist("openid")
    if len(openids) != 1 or not openids[0]:
        return jsonify(error="invalid_request"), 400
    user = users.get(openids[0])
    if user is None:
        return jsonify(error="invalid_grant"), 400
    now = int(time.time())
    claims = {"sub": user["openid"], "iat": now, "exp": now + TOKEN_TTL, "jti": secrets.token_urlsafe(16)}
    if FAULT == "session-key-in-jwt":
        claims["session_key"] = user["session_key"]
    # PyJWT adds up in whole seconds, so a token may live up to one second less than is announced.
    return jsonify(access_token=jwt.encode(claims, JWT_KEY, "HS256"), token_type="Bearer", expires_in=TOKEN_TTL)


current_user = None  # of FAULT=current-user-global


def login_required(view):
    @functools.wraps(view)
    def guarded(*args, **kwargs):
        global current_user
        # Not request.authorization: it also takes `Bearer key=value` apart.
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        try:
            if scheme.lower() != "bearer":
                raise jwt.InvalidTokenError
            claims = jwt.decode(token, JWT_KEY, ["HS256"], options={"require": ["exp", "sub"]})
        except jwt.InvalidTokenError:
            return refuse(401, 401, "log in first", **{"WWW-Authenticate": "Bearer"})
        g.user = current_user = users.get(claims["sub"])
        if g.user is None:
            return refuse(401, 401, "log in first", **{"WWW-Authenticate": "Bearer"})
        return view(*args, **kwargs)

    return guarded


@app.get("/admin/user/info")
@login_required
def user_info():
    user = g.user
    if FAULT == "current-user-global":
        time.sleep(0.02)  # what a database takes
        user = current_user
    return jsonify(code=0, msg="ok", data={key: user[key] for key in ("userId", "openid", "nickname")})


@app.errorhandler(HTTPException)
def http_error(error):
    """No page of HTML, and the framework's own fields, `Allow` above all, stay."""
    response = error.get_response()
    response.data = app.json.dumps({"code": error.code, "msg": error.name})
    response.content_type = "application/json"
    return response


@app.errorhandler(Exception)
def server_error(error):
    if FAULT == "debugger":
        raise error
    log.error("unexpected", exc_info=error)
    return refuse(500, 500, "unexpected")


@app.after_request
def no_store(response):
    response.headers["Cache-Control"] = "no-store"
    return response


if __name__ == "__main__":
    wsgi = app
    if FAULT == "debugger":
        from werkzeug.debug import DebuggedApplication

        app.debug = app.config["PROPAGATE_EXCEPTIONS"] = True
        wsgi = DebuggedApplication(app, evalex=False)
    serve(wsgi, host="127.0.0.1", port=PORT, threads=64, backlog=1024, connection_limit=1000)
