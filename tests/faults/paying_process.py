"""A process that records payments until it is killed: each of a key of its own, told on its output once it is answered."""

import os
import sys

from shared.data import connection
from tests.support import keys
from tests.support.at_once import Asked, ask
from tests.support.client import Client


def main(school_id: str, user_id: str, fee_id: str, payments: int) -> None:
    """Pay 1.10 on the fee as often as asked, from the first key on; keys that were used before are answered as they were."""
    from shared.auth import tokens

    tokens._fetch = keys.jwks
    cashier = Client(keys.access_token(user_id, school_id, "ACCOUNTANT"))
    body = {"amount": 1.1, "paymentMethod": "CASH"}
    connection.connection()
    print("ready", flush=True)
    for number in range(payments):
        key = f"payment-{number}"
        told = ask(Asked(cashier, "record_payment", body, (("fee_id", fee_id),), key))
        if told.status != 201:
            print(f"{key} refused {told.body}", flush=True)
            sys.exit(1)
        print(f"{key} {told.data['receiptNumber']}", flush=True)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
