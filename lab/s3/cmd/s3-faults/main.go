// Command s3-faults stands before an S3 server and answers chosen requests wrongly. All others it hands on as they are:
// what is signed stays, so the server still judges every signature.
//
// It has read all of a request before it answers. The server refuses one without reading its body and closes the
// connection, which a client that is still sending meets as a reset, and never sees the refusal.
//
// Rules are kept in memory. Whoever has the key of the server's root sets them: POST /-/rules with one, GET /-/rules for all
// with how often each was met, DELETE /-/rules/ID.
package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	admin    = "/-/rules"
	pageSize = 2
	ours     = "corral-"
	// What a request to a store in another region may take longer than one to a store nearby.
	latency = 40 * time.Millisecond
)

// A rule is about every Nth request of an operation whose key, or prefix of a listing, begins with Below. Where others
// are let pass, an SDK's second attempt is: however many clients there are, none meets the rule twice for one request.
type rule struct {
	ID        string `json:"id"`
	Operation string `json:"operation"`
	Below     string `json:"below"`
	Every     int    `json:"every"`
	Answer    string `json:"answer"`
	Seen      int    `json:"seen"`
	Met       int    `json:"met"`
	over      chan struct{}
}

// A page is what is left of a listing that was handed out in parts: next is the server's own token, where it has more.
type page struct {
	frame   []byte
	entries [][]byte
	next    string
}

type proxy struct {
	lock  sync.Mutex
	rules []*rule
	pages map[string]page
	key   string
	to    *httputil.ReverseProxy
}

type failure struct {
	status  int
	message string
}

var failures = map[string]failure{
	"SlowDown":      {http.StatusServiceUnavailable, "Please reduce your request rate."},
	"InternalError": {http.StatusInternalServerError, "We encountered an internal error. Please try again."},
	"AccessDenied":  {http.StatusForbidden, "Access Denied"},
}

// What a request does, and to which key; of a listing, to keys that begin so.
func operationOf(request *http.Request) (operation, key string) {
	_, key, _ = strings.Cut(strings.TrimPrefix(request.URL.Path, "/"), "/")
	query := request.URL.Query()
	if key == "" {
		if request.Method == http.MethodGet && query.Get("list-type") == "2" {
			return "list", query.Get("prefix")
		}
		return "", ""
	}
	return map[string]string{
		http.MethodGet: "read", http.MethodHead: "look", http.MethodPut: "write", http.MethodDelete: "delete",
	}[request.Method], key
}

// Counts a request for all rules that are about it, and returns the first that it meets.
func (p *proxy) meet(request *http.Request) *rule {
	operation, key := operationOf(request)
	attempt := request.Header.Get("Amz-Sdk-Request")
	again := attempt != "" && !strings.HasPrefix(attempt, "attempt=1;")
	p.lock.Lock()
	defer p.lock.Unlock()
	var met *rule
	for _, each := range p.rules {
		if each.Operation != operation || !strings.HasPrefix(key, each.Below) || again && each.Every > 1 {
			continue
		}
		each.Seen++
		if met == nil && each.Seen%each.Every == 0 {
			each.Met++
			met = each
		}
	}
	return met
}

// Sends a request with a body on a connection of its own, and reads the answer whatever becomes of the sending: what
// the server said before it closed is still to be read.
type sender struct {
	dial   func(context.Context) (net.Conn, error)
	others http.RoundTripper
}

type answer struct {
	io.ReadCloser
	over func()
}

func (a answer) Close() error {
	defer a.over()
	return a.ReadCloser.Close()
}

func (s sender) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.ContentLength == 0 {
		return s.others.RoundTrip(request)
	}
	connection, err := s.dial(request.Context())
	if err != nil {
		return nil, err
	}
	forget := context.AfterFunc(request.Context(), func() { _ = connection.Close() })
	over := func() {
		forget()
		_ = connection.Close()
	}
	go func() { _ = request.Write(connection) }()
	reader := bufio.NewReader(connection)
	for {
		response, err := http.ReadResponse(reader, request)
		if err != nil {
			over()
			return nil, err
		}
		if response.StatusCode != http.StatusContinue {
			response.Body = answer{response.Body, over}
			return response, nil
		}
	}
}

func (p *proxy) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		// Whoever sent it is gone.
		return
	}
	request.Body, request.ContentLength, request.TransferEncoding = io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil
	if strings.HasPrefix(request.URL.Path, admin) {
		p.administer(response, request)
		return
	}
	token := request.URL.Query().Get("continuation-token")
	if strings.HasPrefix(token, ours) {
		p.lock.Lock()
		left, known := p.pages[token]
		p.lock.Unlock()
		if known {
			p.sendPage(response.Header(), response, left)
			return
		}
	}
	met := p.meet(request)
	if met == nil {
		p.to.ServeHTTP(response, request)
		return
	}
	log.Printf("rule %s: %s for %s %s", met.ID, met.Answer, request.Method, request.URL.Path)
	switch met.Answer {
	case "silence":
		select {
		case <-request.Context().Done():
		case <-met.over:
		}
		panic(http.ErrAbortHandler)
	case "another host":
		request.Host = "rewritten.invalid"
		p.to.ServeHTTP(response, request)
	case "another time":
		// The server looks at the time before it looks at the signature.
		request.Header.Set("X-Amz-Date", time.Now().UTC().Add(-20*time.Minute).Format("20060102T150405Z"))
		p.to.ServeHTTP(response, request)
	case "slow":
		time.Sleep(latency)
		p.to.ServeHTTP(response, request)
	case "late":
		whole := p.record(request)
		select {
		case <-request.Context().Done():
			panic(http.ErrAbortHandler)
		case <-met.over:
		}
		whole.sendTo(response)
	case "short pages", "cut short":
		p.shorten(response, request, met.Answer == "short pages")
	default:
		said := failures[met.Answer]
		response.Header().Set("Content-Type", "application/xml")
		response.WriteHeader(said.status)
		fmt.Fprintf(response, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>%s</Code><Message>%s</Message></Error>",
			met.Answer, said.message)
	}
}

type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header             { return r.header }
func (r *recorder) WriteHeader(status int)          { r.status = status }
func (r *recorder) Write(bytes []byte) (int, error) { return r.body.Write(bytes) }

// Go sets the length of what is written.
func (r *recorder) sendHeader(response http.ResponseWriter) {
	for name, values := range r.header {
		if name != "Content-Length" {
			response.Header()[name] = values
		}
	}
}

func (r *recorder) sendTo(response http.ResponseWriter) {
	r.sendHeader(response)
	response.WriteHeader(r.status)
	_, _ = response.Write(r.body.Bytes())
}

// The whole answer of the server.
func (p *proxy) record(request *http.Request) *recorder {
	whole := &recorder{header: http.Header{}, status: http.StatusOK}
	p.to.ServeHTTP(whole, request)
	return whole
}

var (
	entry   = regexp.MustCompile(`(?s)<Contents>.*?</Contents>|<CommonPrefixes>.*?</CommonPrefixes>`)
	counted = regexp.MustCompile(`(?s)<(IsTruncated|KeyCount|NextContinuationToken|ContinuationToken)>.*?</[A-Za-z]+>|<(?:NextContinuationToken|ContinuationToken)/>`)
	next    = regexp.MustCompile(`<NextContinuationToken>(.*?)</NextContinuationToken>`)
	end     = []byte("</ListBucketResult>")
)

// Hands out the first entries of a listing; the others on demand, or not at all.
func (p *proxy) shorten(response http.ResponseWriter, request *http.Request, goesOn bool) {
	whole := p.record(request)
	if whole.status != http.StatusOK {
		whole.sendTo(response)
		return
	}
	whole.sendHeader(response)
	body := whole.body.Bytes()
	all := page{frame: counted.ReplaceAll(entry.ReplaceAll(body, nil), nil), entries: entry.FindAll(body, -1)}
	if token := next.FindSubmatch(body); token != nil {
		all.next = string(token[1])
	}
	if !goesOn {
		all.entries, all.next = all.entries[:min(pageSize, len(all.entries))], ""
	}
	p.sendPage(response.Header(), response, all)
}

func (p *proxy) sendPage(header http.Header, response io.Writer, left page) {
	count := min(pageSize, len(left.entries))
	token := left.next
	if count < len(left.entries) {
		p.lock.Lock()
		token = ours + strconv.Itoa(len(p.pages))
		p.pages[token] = page{left.frame, left.entries[count:], left.next}
		p.lock.Unlock()
	}
	told := fmt.Sprintf("%s<KeyCount>%d</KeyCount><IsTruncated>%t</IsTruncated>", bytes.Join(left.entries[:count], nil), count, token != "")
	if token != "" {
		told += "<NextContinuationToken>" + token + "</NextContinuationToken>"
	}
	header.Set("Content-Type", "application/xml")
	_, _ = response.Write(bytes.Replace(left.frame, end, append([]byte(told), end...), 1))
}

func (p *proxy) administer(response http.ResponseWriter, request *http.Request) {
	given := strings.TrimPrefix(request.Header.Get("Authorization"), "Bearer ")
	if subtle.ConstantTimeCompare([]byte(given), []byte(p.key)) != 1 {
		response.WriteHeader(http.StatusForbidden)
		return
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	switch request.Method {
	case http.MethodPost:
		made := rule{over: make(chan struct{})}
		if err := json.NewDecoder(request.Body).Decode(&made); err != nil || made.Every < 1 {
			response.WriteHeader(http.StatusBadRequest)
			return
		}
		p.rules = append(p.rules, &made)
	case http.MethodDelete:
		id := strings.TrimPrefix(request.URL.Path, admin+"/")
		p.rules = slices.DeleteFunc(p.rules, func(each *rule) bool {
			gone := each.ID == id
			if gone {
				close(each.over)
			}
			return gone
		})
	}
	_ = json.NewEncoder(response).Encode(p.rules)
}

// The pod is ready when somebody listens: that must not be before the server does. Its owner, the pod's readiness, ends the wait.
func awaitServer(address string) {
	for {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			_ = connection.Close()
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func main() {
	listen := flag.String("listen", ":7070", "the address for clients")
	server := flag.String("to", "127.0.0.1:7071", "the address of the S3 server")
	certificate := flag.String("cert", "", "the certificate of both, in PEM; none: neither speaks TLS")
	privateKey := flag.String("key", "", "its key")
	flag.Parse()
	target := &url.URL{Scheme: "http", Host: *server}
	var dialer interface {
		DialContext(context.Context, string, string) (net.Conn, error)
	} = &net.Dialer{}
	var upstream, own *tls.Config
	if *certificate != "" {
		pem, err := os.ReadFile(*certificate)
		if err != nil {
			log.Fatal(err)
		}
		pair, err := tls.LoadX509KeyPair(*certificate, *privateKey)
		if err != nil {
			log.Fatal(err)
		}
		trusted := x509.NewCertPool()
		trusted.AppendCertsFromPEM(pem)
		upstream = &tls.Config{RootCAs: trusted, ServerName: pair.Leaf.DNSNames[0]}
		own = &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"http/1.1"}}
		target.Scheme = "https"
		dialer = &tls.Dialer{Config: upstream}
	}
	before := &proxy{pages: map[string]page{}, rules: []*rule{}, key: os.Getenv("ROOT_SECRET_KEY")}
	before.to = &httputil.ReverseProxy{
		Rewrite: func(request *httputil.ProxyRequest) {
			request.SetURL(target)
			request.Out.Host = request.In.Host
		},
		Transport: sender{
			dial:   func(given context.Context) (net.Conn, error) { return dialer.DialContext(given, "tcp", *server) },
			others: &http.Transport{TLSClientConfig: upstream, DisableCompression: true, MaxIdleConnsPerHost: 64},
		},
	}
	awaitServer(*server)
	serving := &http.Server{Addr: *listen, Handler: before, TLSConfig: own}
	if own == nil {
		log.Fatal(serving.ListenAndServe())
	}
	log.Fatal(serving.ListenAndServeTLS("", ""))
}
