"""What the mails say. Each carries a code for one use, in a link to the console and by itself, to be pasted where Tidings asks for it.

The code is in the link's fragment, which browsers do not send: no log on the way has it.
"""

CONFIRM = (
    "Confirm your address",
    """Somebody, hopefully you, signed up to Tidings with this address. To confirm it, open this link and give the
password that you chose. It is good for 24 hours:

{console}/sign-up#code={code}

This is the code in it:

{code}

Was it not you? Then do nothing: without the code the account cannot be used.
""",
)
KNOWN = (
    "You have an account already",
    """Somebody, hopefully you, signed up to Tidings with this address, which has an account already. Sign in with it,
or ask for a new password if you forgot yours.

Was it not you? Then nothing happened, and there is nothing to do.
""",
)
RESET = (
    "Choose a new password",
    """Somebody, hopefully you, asked for a new password of your account at Tidings. Open this link to choose one. It
is good for an hour:

{console}/reset#code={code}

This is the code in it:

{code}

Was it not you? Then do nothing: your password stays as it is.
""",
)
CHANGED = (
    "Your password was changed",
    """The password of your account at Tidings was changed, and everything that was signed in with the old one is
signed out.

Was it not you? Ask for a new password at once.
""",
)
INVITED = (
    "You are invited to {organization}",
    """{inviter} invites you to join {organization} at Tidings as {role}. Open this link to accept. It is good for a week:

{console}/invitation#code={code}

This is the code in it:

{code}
""",
)
