"""A login with one call on FastAPI, httpx and PyJWT. The address of WeChat is built in.

    POST api/login, json {"code": …}      200 {"code": 0, "data": {"token": …, "openid": …, "expires_in": …}}
    GET  api/me, Bearer token             200 {"code": 0, "data": {…}}

Environment: PORT, WECHAT_APPID, WECHAT_SECRET, TOKEN_TTL (seconds a token lives), FAULT (see faults.tsv; none by
default). httpx itself reads HTTPS_PROXY and SSL_CERT_FILE, and so it can be led elsewhere.

Users are in memory, so there is one process.
"""

import asyncio
import logging
import os
import secrets
import time
from contextlib import asynccontextmanager

import httpx
import jwt
import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field, StrictStr
from starlette.exceptions import HTTPException as StarletteHTTPException

PORT = int(os.environ.get("PORT", "8080"))
APPID = os.environ["WECHAT_APPID"]
SECRET = os.environ["WECHAT_SECRET"]
TOKEN_TTL = int(os.environ.get("TOKEN_TTL", "7200"))
FAULT = os.environ.get("FAULT", "")

JSCODE2SESSION = "https://api.weixin.qq.com/sns/jscode2session"
PATIENCE = 3  # seconds, from the connection to the last byte of WeChat's answer
LONGEST_BODY = 64 * 1024
# Of WeChat's numbers these say that WeChat, or our account there, is in trouble. All others are about the code.
WECHAT_TROUBLE = {-1: 503, 45009: 503, 45011: 503, 40013: 502, 40125: 502, 50002: 502}
# A key of this process. With several processes it would come from the configuration.
JWT_KEY = secrets.token_bytes(32)

log = logging.getLogger("backend")
# httpx writes the address of each request into its log, secret included.
logging.getLogger("httpx").setLevel(logging.WARNING)


@asynccontextmanager
async def lifespan(app):
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=200)) as client:
        app.state.http = client
        yield


app = FastAPI(lifespan=lifespan, openapi_url=None)
users = {}  # by openid


class Login(BaseModel):
    """Other members are ignored, an openid above all."""

    # StrictStr: without it pydantic would be asked to make a text of what is none.
    code: StrictStr = Field(min_length=1, max_length=1024)


class Refusal(Exception):
    def __init__(self, status, code, msg):
        self.status, self.code, self.msg = status, code, msg


def answer(status, body, **headers):
    return JSONResponse(body, status, {"Cache-Control": "no-store", **headers})


async def ask_wechat(code):
    """Returns the openid for a code, or raises a Refusal."""
    params = {"appid": APPID, "secret": SECRET, "js_code": code, "grant_type": "authorization_code"}
    http = app.state.http
    try:
        if FAULT == "query-by-hand":
            url = f"{JSCODE2SESSION}?appid={APPID}&secret={SECRET}&js_code={code}&grant_type=authorization_code"
            response = await http.get(url)
        else:
            # The timeout of httpx begins anew with every byte; this one does not.
            async with asyncio.timeout(PATIENCE):
                response = await http.get(JSCODE2SESSION, params=params, timeout=PATIENCE)
        if FAULT == "detail-is-the-error":
            response.raise_for_status()
        # WeChat says text/plain, and .json() does not mind.
        session = response.json() if response.status_code == 200 else None
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        if FAULT == "detail-is-the-error":
            raise HTTPException(502, detail=str(error))
        log.warning("WeChat cannot be reached: %s", type(error).__name__)
        raise Refusal(502, 5001, "WeChat cannot be reached") from None
    except (ValueError, RecursionError):  # no JSON, or nested too deeply for the parser
        session = None
    if not isinstance(session, dict):
        raise Refusal(502, 5002, "WeChat cannot be understood")
    errcode = session.get("errcode", 0)
    if errcode != 0:
        status = WECHAT_TROUBLE.get(errcode, 400) if isinstance(errcode, int) else 502
        raise Refusal(status, errcode if isinstance(errcode, int) else 5002, "WeChat refused the code")
    openid = session.get("openid")
    if not isinstance(openid, str) or not openid:
        raise Refusal(502, 5002, "WeChat cannot be understood")
    return openid


@app.post("/api/login")
async def login(body: Login):
    if not body.code.strip():
        raise Refusal(400, 41008, "a code is needed")
    openid = await ask_wechat(body.code)
    user = users.setdefault(openid, {"userId": len(users) + 1, "openid": openid, "nickname": "WeChat user"})
    now = int(time.time())
    claims = {"sub": str(user["userId"]), "openid": openid, "iat": now, "exp": now + TOKEN_TTL}
    claims["jti"] = secrets.token_urlsafe(16)
    token = jwt.encode(claims, JWT_KEY, "HS256")
    data = {"token": token, "openid": openid, "expires_in": TOKEN_TTL}
    return answer(200, {"code": 0, "msg": "ok", "data": data})


async def current_user(bearer: HTTPAuthorizationCredentials | None = Depends(HTTPBearer(auto_error=False))):
    try:
        if bearer is None:
            raise jwt.InvalidTokenError
        options = {"require": ["exp", "sub"]}
        if FAULT == "signature-unverified":
            options["verify_signature"] = False
        claims = jwt.decode(bearer.credentials, JWT_KEY, ["HS256"], options=options)
        user = users.get(claims.get("openid"))
    except jwt.InvalidTokenError:
        user = None
    if user is None:
        raise Refusal(401, 401, "log in first")
    return user


@app.get("/api/me")
async def me(user: dict = Depends(current_user)):
    return answer(200, {"code": 0, "msg": "ok", "data": user})


@app.exception_handler(Refusal)
async def refused(_: Request, refusal: Refusal):
    headers = {"WWW-Authenticate": "Bearer"} if refusal.status == 401 else {}
    return answer(refusal.status, {"code": refusal.code, "msg": refusal.msg}, **headers)


@app.exception_handler(RequestValidationError)
async def invalid(_: Request, error: RequestValidationError):
    """Not FastAPI's own 422, which quotes what was sent."""
    return answer(400, {"code": 400, "msg": "a JSON object with a code is needed"})


@app.exception_handler(StarletteHTTPException)
async def http_error(_: Request, error: StarletteHTTPException):
    return answer(error.status_code, {"code": error.status_code, "msg": error.detail}, **(error.headers or {}))


@app.exception_handler(Exception)
async def unexpected(_: Request, error: Exception):
    return answer(500, {"code": 500, "msg": "unexpected"})


class BodyLimit:
    """FastAPI reads bodies of any length."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        length, messages, more = 0, [], True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return
            length += len(message.get("body", b""))
            more = message.get("more_body", False)
            # What is too long is read to its end and thrown away: a client that is still sending hears no answer.
            if length <= LONGEST_BODY:
                messages.append(message)
        if length > LONGEST_BODY:
            return await answer(413, {"code": 413, "msg": "too long"})(scope, receive, send)

        async def replay():
            return messages.pop(0) if messages else await receive()

        await self.app(scope, replay, send)


app.add_middleware(BodyLimit)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="warning", access_log=False)
