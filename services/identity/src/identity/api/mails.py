"""What the mails say. Each carries a code for one use, which is pasted where Tidings asks for it."""

CONFIRM = (
    "Confirm your address",
    """Somebody, hopefully you, signed up to Tidings with this address. To confirm it, use this code together with the
password that you chose. It is good for 24 hours:

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
    """Somebody, hopefully you, asked for a new password of your account at Tidings. Use this code to choose one. It is
good for an hour:

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
    """{inviter} invites you to join {organization} at Tidings as {role}. Use this code to accept. It is good for a week:

{code}
""",
)
