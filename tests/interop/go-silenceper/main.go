// The documented login flow on net/http, silenceper/wechat v2 and opaque tokens.
//
//	GET  miniprogram/wxmp/code2session?code=…   200 {"code": 0, "data": {"openid": …}}
//	POST auth/openid/token, form openid=…       200 {"access_token": …, "token_type": "Bearer", "expires_in": …}
//	GET  admin/user/info, Bearer token          200 {"code": 0, "data": {…}}
//
// Environment: PORT, WECHAT_APPID, WECHAT_SECRET, TOKEN_TTL (seconds a token lives), FAULT (see faults.tsv; none by
// default). The address of WeChat is a constant of the SDK. Go itself reads HTTPS_PROXY and SSL_CERT_FILE, and so it
// can be led elsewhere.
package main

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/silenceper/wechat/v2"
	"github.com/silenceper/wechat/v2/cache"
	"github.com/silenceper/wechat/v2/miniprogram/auth"
	"github.com/silenceper/wechat/v2/miniprogram/config"
)

// The longest time WeChat is waited for, from the connection to the last byte.
const patience = 3 * time.Second

// Nothing that the flow sends is longer than a kilobyte.
const longestBody = 64 << 10

type user struct {
	ID       int    `json:"userId"`
	Openid   string `json:"openid"`
	Nickname string `json:"nickname"`
}

type session struct {
	user *user
	end  time.Time
}

type backend struct {
	wechat   *auth.Auth
	lifetime time.Duration
	fault    string

	mu       sync.RWMutex
	users    map[string]*user   // by openid
	sessions map[string]session // by token

	asking *user // of FAULT=shared-struct
}

func main() {
	seconds, err := strconv.Atoi(env("TOKEN_TTL", "7200"))
	if err != nil || seconds < 1 {
		log.Fatal("TOKEN_TTL: expected a number of seconds")
	}
	program := wechat.NewWechat().GetMiniProgram(&config.Config{
		AppID:     os.Getenv("WECHAT_APPID"),
		AppSecret: os.Getenv("WECHAT_SECRET"),
		Cache:     cache.NewMemory(),
	})
	b := &backend{
		wechat:   program.GetAuth(),
		lifetime: time.Duration(seconds) * time.Second,
		fault:    os.Getenv("FAULT"),
		users:    map[string]*user{},
		sessions: map[string]session{},
	}
	go b.sweep()

	mux := http.NewServeMux()
	mux.HandleFunc("GET /miniprogram/wxmp/code2session", b.exchange)
	mux.HandleFunc("POST /auth/openid/token", b.token)
	mux.HandleFunc("GET /admin/user/info", b.userInfo)
	server := &http.Server{
		Addr:              "127.0.0.1:" + env("PORT", "8080"),
		Handler:           noStore(mux),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       20 * time.Second,
	}
	log.Fatal(server.ListenAndServe())
}

func (b *backend) exchange(w http.ResponseWriter, r *http.Request) {
	// Query() leaves out what it cannot parse; here that is a mistake like any other.
	query, err := url.ParseQuery(r.URL.RawQuery)
	if codes := query["code"]; err != nil || len(codes) != 1 || strings.TrimSpace(codes[0]) == "" {
		refuse(w, http.StatusBadRequest, 41008, "one code is needed")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	if b.fault == "no-timeout" {
		ctx = context.Background()
	}
	// The SDK puts its address together with Sprintf, so an ampersand in the code would begin another parameter.
	result, err := b.wechat.Code2SessionContext(ctx, url.QueryEscape(query.Get("code")))
	if b.fault == "error-ignored" {
		err, result.ErrCode = nil, 0
	} else if b.fault == "error-shown" && err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	switch {
	case result.ErrCode != 0:
		refuse(w, statusFor(result.ErrCode), result.ErrCode, "WeChat refused the code")
	case err != nil:
		// Only the kind: the text of an error of net/http names the address, and with it the secret.
		var broken *url.Error
		if errors.As(err, &broken) {
			log.Printf("WeChat cannot be reached: %T", broken.Err)
			refuse(w, http.StatusBadGateway, 5001, "WeChat cannot be reached")
			return
		}
		refuse(w, http.StatusBadGateway, 5002, "WeChat cannot be understood")
	case result.OpenID == "":
		// An answer without an openid is no error to the SDK.
		refuse(w, http.StatusBadGateway, 5002, "WeChat cannot be understood")
	default:
		b.know(result.OpenID)
		answer(w, http.StatusOK, map[string]any{
			"code": 0, "msg": "ok", "data": map[string]any{"openid": result.OpenID},
		})
	}
}

// statusFor tells a trouble of WeChat's, or of our account there, from a code that is no good.
func statusFor(errcode int64) int {
	switch errcode {
	case -1, 45009, 45011:
		return http.StatusServiceUnavailable
	case 40013, 40125, 50002:
		return http.StatusBadGateway
	}
	return http.StatusBadRequest
}

func (b *backend) token(w http.ResponseWriter, r *http.Request) {
	name, secret, _ := r.BasicAuth()
	if subtle.ConstantTimeCompare([]byte(name), []byte("app"))&
		subtle.ConstantTimeCompare([]byte(secret), []byte("app")) != 1 {
		w.Header().Set("WWW-Authenticate", `Basic realm="backend"`)
		answer(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client"})
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, longestBody)
	if err := r.ParseForm(); err != nil {
		answer(w, http.StatusBadRequest, map[string]any{"error": "invalid_request"})
		return
	}
	openids := r.PostForm["openid"]
	if len(openids) != 1 || openids[0] == "" {
		answer(w, http.StatusBadRequest, map[string]any{"error": "invalid_request"})
		return
	}
	token := newToken()
	b.mu.Lock()
	u := b.users[openids[0]]
	if u != nil {
		b.sessions[token] = session{u, time.Now().Add(b.lifetime)}
	}
	b.mu.Unlock()
	if u == nil {
		answer(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
		return
	}
	answer(w, http.StatusOK, map[string]any{
		"access_token": token, "token_type": "Bearer", "expires_in": int(b.lifetime / time.Second),
	})
}

func (b *backend) userInfo(w http.ResponseWriter, r *http.Request) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	b.mu.RLock()
	s, known := b.sessions[token]
	b.mu.RUnlock()
	if !strings.EqualFold(scheme, "Bearer") || !known || !time.Now().Before(s.end) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		refuse(w, http.StatusUnauthorized, 401, "log in first")
		return
	}
	u := s.user
	if b.fault == "shared-struct" {
		b.asking = u                      // one struct serves all requests
		time.Sleep(20 * time.Millisecond) // what a database takes
		u = b.asking
	}
	answer(w, http.StatusOK, map[string]any{"code": 0, "msg": "ok", "data": u})
}

func (b *backend) know(openid string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.users[openid] == nil {
		b.users[openid] = &user{len(b.users) + 1, openid, "WeChat user"}
	}
}

// sweep forgets the tokens that have ended.
func (b *backend) sweep() {
	for now := range time.Tick(time.Minute) {
		b.mu.Lock()
		for token, s := range b.sessions {
			if now.After(s.end) {
				delete(b.sessions, token)
			}
		}
		b.mu.Unlock()
	}
}

func newToken() string {
	var bytes [32]byte
	if _, err := rand.Read(bytes[:]); err != nil {
		panic(err) // no random source, no login
	}
	return base64.RawURLEncoding.EncodeToString(bytes[:])
}

// refuse answers without `data`, which the documented client would take for a success.
func refuse(w http.ResponseWriter, status int, code int64, msg string) {
	answer(w, status, map[string]any{"code": code, "msg": msg})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the phone is gone
}

func noStore(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

func env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
