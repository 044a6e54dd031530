#!/usr/bin/env python3
"""A WinRM service whose NTLM is gss-ntlmssp's: an acceptor that has nothing in common with our client.

usage: winrm_server.py [--listen ADDRESS:PORT] [--tls CERTIFICATE KEY [--bind-to CERTIFICATE]] [--basic USER:PASSWORD | --basic-from FILE] [--shell PROGRAM...]

Listens on that address, or a free port of 127.0.0.1, and prints the port; after that one line per login: its mechanism and the account.
NTLM_USER_FILE names the file of accounts, lines of DOMAIN:USER:PASSWORD. Commands run by /bin/sh -c, or by PROGRAM.
Needs the Debian packages gss-ntlmssp and python3-gssapi.
"""
import argparse
import base64
import hashlib
import os
import queue
import re
import signal
import ssl
import subprocess
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import gssapi
from gssapi.raw import ChannelBindings

SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
NAMES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    "x": TRANSFER,
    "rsp": SHELL,
}
NTLMSSP = gssapi.OID.from_int_seq("1.3.6.1.4.1.311.2.2.10")
SEALED = 'multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"'
SOAP = "application/soap+xml;charset=UTF-8"
MARK = b"--Encrypted Boundary"


class Fault(Exception):
    def __init__(self, subcode, code, reason):
        super().__init__(reason)
        self.subcode, self.code = subcode, code


def no_shell():
    return Fault("InvalidSelectors", 2150858843, "The shell was not found on the server.")


class Command:
    """A process, and what it has written since somebody asked last."""

    def __init__(self, argv, env, cwd):
        self.id = str(uuid.uuid4()).upper()
        self.pieces = queue.Queue()
        self.process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, **env}, cwd=cwd, start_new_session=True)
        readers = [threading.Thread(target=self.read, args=(name,), daemon=True) for name in ("stdout", "stderr")]
        for reader in readers:
            reader.start()
        threading.Thread(target=self.wait, args=(readers,), daemon=True).start()

    def read(self, name):
        while piece := getattr(self.process, name).read1(65536):
            self.pieces.put((name, piece))

    def wait(self, readers):
        code = self.process.wait()
        for reader in readers:
            reader.join(1)  # what the command left behind may hold its outputs open
        self.pieces.put(("code", code))

    def receive(self, seconds):
        try:
            return [self.pieces.get(timeout=seconds)]
        except queue.Empty:
            raise Fault("TimedOut", 2150858793, "The operation did not end within OperationTimeout.") from None

    def send(self, data, last):
        try:
            self.process.stdin.write(data)
            self.process.stdin.flush()
            if last:
                self.process.stdin.close()
        except (BrokenPipeError, ValueError):
            raise Fault("InternalError", 2147942509, "The pipe has been ended.") from None

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)


class Service:
    """The shells, and what WS-Management can do with them."""

    def __init__(self, program):
        self.program, self.shells = program, {}

    def answer(self, envelope):
        root = ElementTree.fromstring(envelope)
        action = root.findtext("s:Header/a:Action", "", NAMES).strip()
        asked = root.findtext("s:Header/a:MessageID", "", NAMES).strip()
        try:
            return 200, self.written(asked, action + "Response", self.perform(action, root))
        except Fault as fault:
            body = (
                f"<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>w:{fault.subcode}</s:Value></s:Subcode></s:Code>"
                f'<s:Reason><s:Text xml:lang="en-US">{fault}</s:Text></s:Reason><s:Detail>'
                f'<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="{fault.code}" Machine="peer">'
                f"<f:Message>{fault}</f:Message></f:WSManFault></s:Detail></s:Fault>")
            return 500, self.written(asked, "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault", body)

    @staticmethod
    def written(asked, action, body):
        names = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMES.items())
        return (
            f"<s:Envelope {names}><s:Header><a:Action>{action}</a:Action><a:MessageID>uuid:{uuid.uuid4()}</a:MessageID>"
            f"<a:RelatesTo>{escape(asked)}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>").encode()

    def perform(self, action, root):
        header, body = root.find("s:Header", NAMES), root.find("s:Body", NAMES)
        if action == TRANSFER + "/Create":
            return self.create(body)
        selectors = {selector.get("Name"): selector.text for selector in header.iterfind(".//w:Selector", NAMES)}
        shell = self.shells.get(selectors.get("ShellId"))
        if shell is None:
            raise no_shell()
        if action == TRANSFER + "/Delete":
            for command in shell["commands"].values():
                command.stop()
            del self.shells[shell["id"]]
            return ""
        if action == SHELL + "/Command":
            return self.start(shell, body)
        ids = [element.get("CommandId") for element in body.iter() if element.get("CommandId")]
        command = shell["commands"].get(ids[0] if ids else None)
        if command is None:
            raise no_shell()
        if action == SHELL + "/Receive":
            return self.receive(command, header.findtext("w:OperationTimeout", "PT60S", NAMES))
        if action == SHELL + "/Send":
            for stream in body.iterfind(".//rsp:Stream", NAMES):
                command.send(base64.b64decode(stream.text or ""), stream.get("End", "").lower() == "true")
            return "<rsp:SendResponse/>"
        command.stop()
        del shell["commands"][command.id]
        return "<rsp:SignalResponse/>"

    def create(self, body):
        made = {
            "id": str(uuid.uuid4()).upper(),
            "env": {each.get("Name"): each.text or "" for each in body.iterfind(".//rsp:Variable", NAMES)},
            "cwd": body.findtext(".//rsp:WorkingDirectory", None, NAMES),
            "commands": {},
        }
        self.shells[made["id"]] = made
        return (
            f"<x:ResourceCreated><a:ReferenceParameters><w:ResourceURI>{SHELL}/cmd</w:ResourceURI><w:SelectorSet>"
            f'<w:Selector Name="ShellId">{made["id"]}</w:Selector></w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>'
            f"<rsp:Shell><rsp:ShellId>{made['id']}</rsp:ShellId></rsp:Shell>")

    def start(self, shell, body):
        words = [body.findtext(".//rsp:Command", "", NAMES)]
        words += [each.text or "" for each in body.iterfind(".//rsp:Arguments", NAMES)]
        command = Command([*self.program, " ".join(words)], shell["env"], shell["cwd"])
        shell["commands"][command.id] = command
        return f"<rsp:CommandResponse><rsp:CommandId>{command.id}</rsp:CommandId></rsp:CommandResponse>"

    @staticmethod
    def receive(command, timeout):
        match = re.fullmatch(r"PT([\d.]+)S", timeout.strip())
        written = ""
        for name, value in command.receive(float(match[1]) if match else 60):
            if name != "code":
                content = base64.b64encode(value).decode()
                written += f'<rsp:Stream Name="{name}" CommandId="{command.id}">{content}</rsp:Stream>'
                continue
            for stream in ("stdout", "stderr"):
                written += f'<rsp:Stream Name="{stream}" CommandId="{command.id}" End="true"></rsp:Stream>'
            written += (
                f'<rsp:CommandState CommandId="{command.id}" State="{SHELL}/CommandState/Done">'
                f"<rsp:ExitCode>{value & 0xFFFFFFFF}</rsp:ExitCode></rsp:CommandState>")
        return f"<rsp:ReceiveResponse>{written}</rsp:ReceiveResponse>"


class Handler(BaseHTTPRequestHandler):
    """One object per connection, as NTLM logs connections in."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    context = None
    logged_in = False

    def log_message(self, *_):
        pass

    def reply(self, status, body=b"", content_type=SOAP, challenges=()):
        self.send_response(status)
        for challenge in challenges:
            self.send_header("WWW-Authenticate", challenge)
        if body:
            self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # the client gave up waiting

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self.authorised():
            return
        sealed = self.headers.get("Content-Type", "").startswith("multipart/encrypted")
        if sealed:
            self.reply(*self.sealed(body))
        elif not body:
            self.reply(200)
        elif self.server.end_point is None:
            self.reply(500)
        else:
            self.reply(*self.server.service.answer(body))

    def sealed(self, body):
        start = body.index(b"application/octet-stream\r\n") + len(b"application/octet-stream\r\n")
        secret = body[start:body.rindex(MARK)]
        assert secret[:4] == b"\x10\0\0\0", "a signature has 16 bytes"
        status, answer = self.server.service.answer(self.context.unwrap(secret[4:]).message)
        wrapped = self.context.wrap(answer, True).message
        frame = (
            MARK + b"\r\n\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n"
            + b"\tOriginalContent: type=%s;Length=%d\r\n" % (SOAP.encode(), len(answer))
            + MARK + b"\r\n\tContent-Type: application/octet-stream\r\n\x10\0\0\0" + wrapped + MARK + b"--\r\n")
        return status, frame, SEALED

    def authorised(self):
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic" and self.server.basic and base64.b64decode(token).decode() == self.server.basic:
            return True
        if scheme in ("Negotiate", "NTLM"):
            return self.negotiated(scheme, base64.b64decode(token))
        if self.logged_in:
            return True
        self.reply(401, challenges=["Negotiate", "NTLM"] + (["Basic realm=\"WSMAN\""] if self.server.basic else []))
        return False

    def negotiated(self, scheme, token):
        try:
            if self.context is None or self.logged_in:
                bindings = self.server.end_point and ChannelBindings(application_data=self.server.end_point)
                credentials = gssapi.Credentials(usage="accept", mechs=[NTLMSSP])
                self.context = gssapi.SecurityContext(usage="accept", creds=credentials, channel_bindings=bindings)
                self.logged_in = False
            answer = self.context.step(token)
        except gssapi.exceptions.GSSError as error:
            print(f"refused {error.maj_code:#x} {error.min_code:#x}", flush=True)
            self.context = None
            self.reply(401, challenges=[scheme])
            return False
        if self.context.complete:
            self.logged_in = True
            print("login", scheme, str(self.context.initiator_name).split("\0")[0], flush=True)
            return True
        self.reply(401, challenges=[f"{scheme} {base64.b64encode(answer).decode()}"])
        return False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--listen", default="127.0.0.1:0")
    parser.add_argument("--tls", nargs=2)
    parser.add_argument("--bind-to", help="expect logins bound to this certificate instead of the one shown")
    parser.add_argument("--basic")
    parser.add_argument("--basic-from", type=argparse.FileType(), help="a file with USER:PASSWORD")
    parser.add_argument("--shell", nargs=argparse.REMAINDER, default=["/bin/sh", "-c"])
    options = parser.parse_args()
    address, port = options.listen.rsplit(":", 1)
    server = ThreadingHTTPServer((address, int(port)), Handler)
    server.daemon_threads = True
    server.service, server.basic, server.end_point = Service(options.shell), options.basic, None
    if options.basic_from:
        server.basic = options.basic_from.read().strip()
    if options.tls:
        certificate, key = options.tls
        with open(options.bind_to or certificate, encoding="ascii") as file:
            der = ssl.PEM_cert_to_DER_cert(file.read())
        server.end_point = b"tls-server-end-point:" + hashlib.sha256(der).digest()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    def end(*_):
        for shell in server.service.shells.values():
            for command in shell["commands"].values():
                command.stop()
        os._exit(0)

    # As on Windows: with the service end its shells, but not what was started past them.
    signal.signal(signal.SIGTERM, end)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
