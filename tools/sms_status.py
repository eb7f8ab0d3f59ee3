"""Has SNS write what becomes of each text message: once an account and region, after the first deployment of the stage with `smsStatus`.

`python -m tools.sms_status outputs.json`; CloudFormation has no resource for these settings.
"""

import sys
from pathlib import Path

import botocore.session

from infra.outputs import Outputs


def main(outputs: Path) -> None:
    """Give SNS the role to write the log groups with, for every message."""
    role = Outputs.read(outputs).of("SmsStatusRole")
    settings = {"DeliveryStatusIAMRole": role, "DeliveryStatusSuccessSamplingRate": "100", "DefaultSMSType": "Transactional"}
    botocore.session.get_session().create_client("sns").set_sms_attributes(attributes=settings)
    print(f"SNS writes what becomes of text messages, as {role}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
