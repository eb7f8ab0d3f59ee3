"""No API."""


def lambda_handler(event, context):
    return {"statusCode": 404}
