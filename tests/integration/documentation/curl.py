"""As much of curl as the tutorial types, for machines that have none."""

import argparse
import sys

import httpx

parser = argparse.ArgumentParser()
parser.add_argument("url")
parser.add_argument("-u", dest="user")
parser.add_argument("-H", dest="headers", action="append", default=[])
parser.add_argument("-d", dest="body")
given = parser.parse_args()
name, _, password = given.user.partition(":")
headers = dict(each.split(": ", 1) for each in given.headers)
answer = httpx.post(given.url, auth=(name, password), headers=headers, content=given.body, timeout=30)
sys.stdout.write(answer.text)
sys.exit(int(answer.is_error))
