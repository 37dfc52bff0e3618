"""Kinds of files that are not taken, and what is said of them under other names."""

import gzip

from tests.support.uploads.case import TAKEN
from tests.support.uploads.images import image
from tests.support.uploads.office import archive, office

# Beginnings of kinds that are not taken, under the endings by which they are known.
FOREIGN: dict[str, bytes] = {
    "7z": b"7z\xbc\xaf\x27\x1c\0\4" + bytes(40),
    "apk": archive({"AndroidManifest.xml": "x", "classes.dex": b"dex\n035\0"}),
    "bat": b"@echo off\r\ncalc.exe\r\n",
    "bmp": image("BMP"),
    "bz2": b"BZh91AY&SY" + bytes(30),
    "cab": b"MSCF\0\0\0\0" + bytes(40),
    "chm": b"ITSF\3\0\0\0" + bytes(60),
    "class": b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(20),
    "com": b"\xe9\x00\x01" + bytes(20),
    "dll": b"MZ\x90\0" + bytes(60) + b"PE\0\0",
    "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "docm": office("docx", {"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}),
    "elf": b"\x7fELF\2\1\1" + bytes(60),
    "eml": b"From: a@b.example\r\nSubject: x\r\n\r\nhello\r\n",
    "exe": b"MZ\x90\0" + bytes(60) + b"PE\0\0",
    "gif": image("GIF", mode="P"),
    "gz": gzip.compress(b"hello", mtime=0),
    "hta": b"<html><hta:application><script>1</script></html>",
    "htm": b"<html><body>hello</body></html>",
    "html": b"<!DOCTYPE html><html><script>alert(1)</script></html>",
    "ico": image("ICO"),
    "iso": bytes(32769) + b"CD001" + bytes(100),
    "jar": archive({"META-INF/MANIFEST.MF": "Main-Class: A", "A.class": b"\xca\xfe\xba\xbe"}),
    "js": b"#!/usr/bin/env node\nrequire('child_process')\n",
    "lnk": b"L\0\0\0\1\x14\2\0" + bytes(60),
    "mp4": b"\0\0\0\x18ftypmp42" + bytes(60),
    "msi": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "odt": archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}),
    "php": b"<?php system($_GET['c']); ?>",
    "pptm": office("pptx", {"ppt/vbaProject.bin": b"\xd0\xcf\x11\xe0"}),
    "ps": b"%!PS-Adobe-3.0\n(x) show\n",
    "ps1": b"#!/usr/bin/pwsh\nStart-Process calc\n",
    "rar": b"Rar!\x1a\x07\x01\0" + bytes(40),
    "rtf": b"{\\rtf1 {\\object\\objdata 0105}}",
    "scr": b"MZ\x90\0" + bytes(60) + b"PE\0\0",
    "sh": b"#!/bin/sh\nrm -rf ~\n",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "swf": b"CWS\x0a" + bytes(40),
    "tar": b"a.txt" + bytes(252) + b"ustar\x0000" + bytes(250),
    "tiff": image("TIFF"),
    "vbs": b'<script language=vbs>CreateObject("WScript.Shell")</script>',
    "xhtml": b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>",
    "xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "xlsb": office("xlsx", {"xl/workbook.bin": b"\x83\x01"}),
    "xlsm": office("xlsx", {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}),
    "xml": b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
    "xz": b"\xfd7zXZ\0\0\4" + bytes(40),
    "zip": archive({"a.txt": "hello"}),
}
# What is said of them as plain text: most are no text at all.
AS_TEXT = {
    **dict.fromkeys(("hta", "htm", "html", "php", "svg", "vbs", "xhtml", "xml"), "markup"),
    **dict.fromkeys(("eml", "js", "ps", "ps1", "rtf", "sh"), "markup"),
    "bat": TAKEN,  # words like any others: nothing runs a .txt
}
# As an office file: a ZIP archive comes as far as the parser.
AS_XLSX = {
    **dict.fromkeys(("apk", "jar", "odt", "zip"), "mismatch"),
    **dict.fromkeys(("docm", "pptm", "xlsm"), "macros"),
    "xlsb": "inside",
}
