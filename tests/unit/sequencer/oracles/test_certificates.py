"""A server whose certificate nobody vouches for is not asked, whoever it says it is."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from sequencer.oracles import http_json
from sequencer.oracles.errors import SourceDown
from sequencer.oracles.http_json import JsonFetcher

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
FETCHER = JsonFetcher(limit_s=10.0)


class Says(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"[92000.5]")

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class Quiet(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Who hangs up in the middle of a handshake is meant to."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of localhost, by itself, with its key in one file."""
    folder = tmp_path_factory.mktemp("certificate")
    key, made = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_bytes(key.read_bytes() + made.read_bytes())
    return both


@contextmanager
def secured(certificate: Path) -> Iterator[int]:
    """A server's port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Quiet(("127.0.0.1", 0), Says) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def test_a_certificate_of_nobody_is_refused(certificate: Path) -> None:
    with secured(certificate) as port, pytest.raises(SourceDown, match="certificate is not good: self"):
        FETCHER.fetch("forged", f"https://localhost:{port}/")


def test_a_certificate_of_another_host_is_refused(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(http_json, "checking_context", lambda: trusting)
    with secured(certificate) as port, pytest.raises(SourceDown, match=r"certificate is not good: .*IP address"):
        FETCHER.fetch("another", f"https://127.0.0.1:{port}/")


def test_a_certificate_of_nobody_is_refused_twin(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: a context that checks nothing would take its prices; one that knows the certificate may."""
    unchecked = ssl.create_default_context()
    unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
    for context in (unchecked, ssl.create_default_context(cafile=str(certificate))):
        monkeypatch.setattr(http_json, "checking_context", lambda context=context: context)
        with secured(certificate) as port:
            answer = FETCHER.fetch("forged", f"https://localhost:{port}/")
        assert str(answer.content) == "[Decimal('92000.5')]"
