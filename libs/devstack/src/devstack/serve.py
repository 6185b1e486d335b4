"""`python -m devstack.serve postgres|nats|edge`: become one embedded server, for the Procfile.

Apart from the other commands, so that restarting a server does not wait for imports it does not need.
"""

import os
import sys
from pathlib import Path

from devstack.errors import DevstackError
from devstack.stack import EDGE_PORT, Stack


def main() -> None:
    stack = Stack(Path.cwd(), int(os.environ[EDGE_PORT]))
    try:
        stack.server(sys.argv[1]).become()
    except DevstackError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
