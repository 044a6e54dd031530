#!/usr/bin/env python3
"""pywinrm as a client: NTLM with sealing by python3-ntlm-auth, SOAP by pywinrm. Nothing of ours.

usage: client.py PORT USER COMMAND...      the password comes in the environment as PASSWORD

Runs each command in a shell of its own and prints one line of JSON for it: code, stdout and stderr.
Needs the Debian package python3-winrm; OPENSSL_CONF must load OpenSSL's legacy provider (MD4).
"""
import json
import os
import sys

import winrm

port, user, *commands = sys.argv[1:]
protocol = winrm.Protocol(
    endpoint=f"http://127.0.0.1:{port}/wsman", transport="ntlm", username=user, password=os.environ["PASSWORD"],
    message_encryption="always", operation_timeout_sec=2, read_timeout_sec=20)
for command in commands:
    shell = protocol.open_shell(codepage=65001)
    started = protocol.run_command(shell, command)
    stdout, stderr, code = protocol.get_command_output(shell, started)
    protocol.cleanup_command(shell, started)
    protocol.close_shell(shell)
    print(json.dumps({"code": code, "stdout": stdout.decode(), "stderr": stderr.decode()}), flush=True)
