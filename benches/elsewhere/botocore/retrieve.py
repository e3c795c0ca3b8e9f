"""What botocore's cache of refreshable credentials takes per hit, by number of threads.

Prints one line per argument: the number of threads, and nanoseconds of wall time per hit.
"""

import sys
import threading
import time
from datetime import datetime, timedelta, timezone

from botocore.credentials import RefreshableCredentials

HITS = 40_000


def credentials():
    expiry = datetime.now(timezone.utc) + timedelta(hours=12)
    metadata = {
        "access_key": "ASIAEXAMPLE",
        "secret_key": "s" * 40,
        "token": "t" * 1000,
        "expiry_time": expiry.isoformat(),
    }
    return RefreshableCredentials.create_from_metadata(metadata, lambda: metadata, "bench")


def measure(threads):
    cache = credentials()
    each = HITS // threads

    def hit():
        for _ in range(each):
            cache.get_frozen_credentials()

    workers = [threading.Thread(target=hit) for _ in range(threads)]
    began = time.perf_counter_ns()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return (time.perf_counter_ns() - began) / (each * threads)


for argument in sys.argv[1:]:
    print(argument, round(measure(int(argument)), 1))
