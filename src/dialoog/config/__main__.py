"""`python -m dialoog.config` is the command line, for processes that the supervisor starts."""

import sys

from dialoog.config.command import main

sys.exit(main())
