"""`python -m devstack.serve postgres|nats|edge`: become one embedded server, for the Procfile.

Apart from the other commands, so that restarting a server does not wait for imports it does not need.
"""

import os
import sys
from pathlib import Path

from devstack.errors import DevstackError
from devstack.stack import PORT_VARIABLE, Stack


def main() -> None:
    stack = Stack(Path.cwd(), int(os.environ[PORT_VARIABLE]))
    try:
        stack.server(sys.argv[1]).become()
    except DevstackError as error:
        print(error, file=sys.stderr)
        # At the very first start the supervisor shows the sentence and ends; later it tries again.
        sys.exit(os.EX_CONFIG)


if __name__ == "__main__":
    main()
