"""HTTP clients for a moment. A new one has connections of its own: kept ones may lead to a process that was killed since."""

import ssl

import httpx

# Made once, although nobody speaks TLS here: a client makes one by itself otherwise, and that takes longer than the request.
_TLS = ssl.create_default_context()


def new_client(url: str, timeout: float) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, timeout=timeout, verify=_TLS, trust_env=False)
