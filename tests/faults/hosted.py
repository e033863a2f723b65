"""One host's worker, with a lease that is short enough to wait for: hosted.py LEASE_SECONDS"""

import sys
from datetime import timedelta

import django

django.setup()

from dialoog.core.work.worker import Worker  # noqa: E402 - after the set-up
from dialoog.publishing.delivering import claiming, steps  # noqa: E402

claiming.LEASE = steps.LEASE = timedelta(seconds=float(sys.argv[1])) + timedelta(seconds=8)

if __name__ == "__main__":
    Worker().run()
