"""The edge that does TLS, with the configuration that ships and certificates of its own making: who gets one, and what http leads to.

Certificates of an authority on the internet cannot be got in a test; Caddy asks it under the same conditions.
"""

import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from devstack.caddy import Caddy
from devstack.processes import free_port

CADDYFILE = Path(__file__).parents[3] / "deploy" / "Caddyfile.tls"
HOSTS_OF_PAGES = {"status.acme.test", "acme.pages.test"}


class PublicApi(BaseHTTPRequestHandler):
    """Says what it was asked for; of certificates, whether there is a page at the host."""

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        is_refused = asked.path == "/edge/certificate" and parse_qs(asked.query)["domain"][0] not in HOSTS_OF_PAGES
        body = f"{self.headers['X-Forwarded-Proto']} {self.headers['Host']} {self.path}".encode()
        self.send_response(404 if is_refused else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@dataclass
class Edge:
    http: int
    https: int
    authority: Path

    def get(self, host: str, path: str = "/") -> httpx.Response:
        """By https, as a browser that believes the edge's own authority does."""
        believed = ssl.create_default_context(cafile=str(self.authority))
        with httpx.Client(verify=believed, trust_env=False, timeout=20) as client:
            address = f"https://127.0.0.1:{self.https}{path}"
            return client.get(address, headers={"Host": host}, extensions={"sni_hostname": host})


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    home = tmp_path_factory.mktemp("edge")
    service = ThreadingHTTPServer(("127.0.0.1", 0), PublicApi)
    threading.Thread(target=service.serve_forever, args=(0.02,), daemon=True).start()
    http, https = free_port(), free_port()
    upstreams = dict.fromkeys(("public-api", "web", "identity"), f"127.0.0.1:{service.server_port}")
    variables = {"EDGE_TLS_PORT": str(https), "EDGE_ISSUER": "internal", "TIDINGS_PAGE_BASE_DOMAIN": "pages.test"}
    caddy = Caddy(home, http, CADDYFILE, ["127.0.0.1"], upstreams, log_path=home / "log", variables=variables)
    caddy.start()
    yield Edge(http, https, caddy.home / "caddy" / "pki" / "authorities" / "local" / "root.crt")
    caddy.stop()
    service.shutdown()
    service.server_close()


def test_a_host_of_a_page_gets_a_certificate_when_somebody_comes(edge: Edge) -> None:
    for host, seconds, path in [
        ("status.acme.test", 86400, "/p/status.acme.test/history"),
        ("acme.pages.test", 31536000, "/history"),
    ]:
        answer = edge.get(host, "/history")
        assert (answer.status_code, answer.text) == (200, f"https {host} {path}")
        assert answer.headers["strict-transport-security"] == f"max-age={seconds}"


def test_the_console_has_a_certificate_that_nobody_is_asked_for(edge: Edge) -> None:
    assert edge.get("app.pages.test", "/acme").text == "https app.pages.test /acme"
    answer = edge.get("pages.test")
    assert (answer.status_code, answer.headers["location"]) == (302, "https://app.pages.test/")


def test_what_is_no_host_of_a_page_gets_no_certificate(edge: Edge) -> None:
    for host in ("other.acme.test", "globex.pages.test", "acme.test"):
        with pytest.raises(httpx.ConnectError, match="TLSV1_ALERT_INTERNAL_ERROR"):
            edge.get(host)


def test_http_leads_to_https_and_nowhere_else(edge: Edge) -> None:
    for host in ("app.pages.test", "status.acme.test", "acme.pages.test"):
        answer = httpx.get(f"http://127.0.0.1:{edge.http}/history?a=b", headers={"Host": host}, trust_env=False)
        assert (answer.status_code, answer.headers["location"]) == (308, f"https://{host}/history?a=b")
        assert "strict-transport-security" not in answer.headers


def test_identitys_cookie_stays_on_the_consoles_host(edge: Edge) -> None:
    asked = "/api/identity/v1/session"
    assert edge.get("app.pages.test", asked).text == f"https app.pages.test {asked}"
    assert edge.get("status.acme.test", asked).text == f"https status.acme.test /p/status.acme.test{asked}"
