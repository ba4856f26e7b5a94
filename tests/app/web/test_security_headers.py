"""Every answer carries the headers; a page's inline scripts carry the nonce that its policy names."""

import asyncio
import re

from starlette.datastructures import Headers

from app.web.asgi import Message
from app.web.security_headers import is_page, security_headers, shield


def answered(path: str, status: int = 200, body: bytes = b"", kind: str = "text/html") -> tuple[Headers, bytes]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def answer() -> None:
        shielded = shield(send, path)
        headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
        await shielded({"type": "http.response.start", "status": status, "headers": headers})
        await shielded({"type": "http.response.body", "body": body})

    asyncio.run(answer())
    return Headers(raw=sent[0]["headers"]), b"".join(message.get("body", b"") for message in sent[1:])


def test_no_inline_script_runs_but_those_of_the_page_itself() -> None:
    headers, body = answered("/lead/", body=b"<script>a</script><script nonce='x'>b</script>")
    (nonce,) = re.findall(r"'nonce-([\w-]+)'", headers["content-security-policy"])
    assert body.startswith(f'<script nonce="{nonce}">a'.encode())
    assert int(headers["content-length"]) == len(body)
    assert re.findall(rf"'nonce-{nonce}'", answered("/lead/")[0]["content-security-policy"]) == [], "another each time"


def test_only_what_changes_its_name_with_its_content_is_kept_for_long() -> None:
    kept = {path: answered(path)[0].get("cache-control") for path in ("/lead/assets/a.js", "/assets/a.js", "/api/next")}
    assert kept == {
        "/lead/assets/a.js": "private, max-age=31536000, immutable",
        "/assets/a.js": "no-cache",
        "/api/next": "no-store",
    }
    assert answered("/lead/assets/a.js", 404)[0]["cache-control"] == "no-store", "an error is kept nowhere"


def test_an_answer_made_by_hand_has_them_too_and_lets_no_inline_script_run() -> None:
    headers = security_headers({"retry-after": "5"})
    assert (headers["x-content-type-options"], headers["retry-after"]) == ("nosniff", "5")
    assert "script-src 'self';" in headers["content-security-policy"]


def test_pages_are_known_with_and_without_their_last_slash() -> None:
    assert is_page("/sheet") and is_page("/sheet/") and not is_page("/sheet/config")
