"""A small load generator: some keep-alive connections asking for one page as fast as it comes."""

import http.client
import statistics
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Load:
    """What a page bore: answers in a second, and how long they took."""

    per_second: float
    p50_ms: float
    p99_ms: float


def ask(url: str, *, cookie: str = "", connections: int, requests: int) -> Load:
    """Ask `requests` times in all. An answer that is not 200 raises RuntimeError."""
    times: list[float] = []
    failures: list[str] = []
    each = requests // connections

    def work() -> None:
        address = urlsplit(url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        for _ in range(each):
            began = time.perf_counter()
            connection.request("GET", address.path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            times.append(time.perf_counter() - began)
            if answer.status != 200:
                failures.append(f"{url} answered {answer.status}")
                return

    threads = [threading.Thread(target=work) for _ in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    if failures:
        raise RuntimeError(failures[0])
    cuts = statistics.quantiles(times, n=100)
    return Load(len(times) / took, p50_ms=cuts[49] * 1000, p99_ms=cuts[98] * 1000)
