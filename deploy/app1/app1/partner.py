"""What else the service calls: by the ordinary network, as it always did."""
import os

import requests

URL = os.environ.get("PARTNER_URL", "https://api.ipify.org")


def fetch() -> str:
    """The body of the partner's page."""
    answer = requests.get(URL, timeout=30)
    answer.raise_for_status()
    return answer.text
