"""Imported first by the process that forks services (`devstack.forked`), and by nobody else: from then on it dies with its parent."""

import signal

from devstack.processes import die_with_parent

die_with_parent(signal.SIGKILL)()
