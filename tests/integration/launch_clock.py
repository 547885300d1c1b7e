# A backend with a clock of its own, which a request puts forward.
import base64, http.server, json, os, secrets, time, urllib.parse, urllib.request

LIVES = 7200
AHEAD = [0]
tokens = {}

def now():
    return time.time() + AHEAD[0]

def ask_wechat(code):
    query = urllib.parse.urlencode({"appid": os.environ["WXCONFORM_APPID"], "js_code": code,
        "secret": os.environ["WXCONFORM_SECRET"], "grant_type": "authorization_code"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return json.load(opener.open(os.environ["WXCONFORM_WECHAT"] + "/sns/jscode2session?" + query))

class Backend(http.server.BaseHTTPRequestHandler):
    def say(self, status, body):
        body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        url = urllib.parse.urlparse(self.path)
        if url.path == "/miniprogram/wxmp/code2session":
            code = urllib.parse.parse_qs(url.query).get("code", [""])[0]
            openid = ask_wechat(code).get("openid")
            return self.say(200, {"data": {"openid": openid}}) if openid else self.say(400, {"msg": "no", "data": {}})
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        openid, end = tokens.get(token, (None, 0))
        if openid and now() < end:
            return self.say(200, {"data": {"openid": openid}})
        self.say(401, {"msg": "no"})

    def do_PUT(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        AHEAD[0] += float(urllib.parse.parse_qs(body)["by"][0]) / 1000
        self.say(200, {})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        url = urllib.parse.urlparse(self.path)
        if url.path == "/test/clock":
            AHEAD[0] += float(urllib.parse.parse_qs(url.query)["advance"][0])
            return self.say(200, {})
        openid = urllib.parse.parse_qs(body).get("openid", [""])[0]
        token = secrets.token_urlsafe(32)
        tokens[token] = (openid, now() + LIVES)
        self.say(200, {"access_token": token, "expires_in": LIVES})

http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Backend).serve_forever()
