"""How much is kept of one rendering for the next: of a page only little changes at a time.

As much as the largest page has, and two of those people mostly have. What more would keep is of organizations that changed some time ago.
"""

PARTS = 1024
"""Services, incidents, windows and their texts, each kind in each form."""
PAGES = 16
