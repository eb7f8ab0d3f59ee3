"""The first operator, as an item of the table."""

import os

import boto3


def create_super_admin(email, password):
    item = {"pk": {"S": "PLATFORM"}, "sk": {"S": f"USER#{email}"}, "password": {"S": password}}
    boto3.client("dynamodb").put_item(TableName=os.environ["TABLE_NAME"], Item=item)
