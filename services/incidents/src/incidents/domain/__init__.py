"""What incidents decides: the incident and its lifecycle, and the templates that one is opened by. Pure: time and ids are arguments."""

SERVICES_MAX = 500
