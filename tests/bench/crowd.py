#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Fills the stopped server's database with 100,000 people and the groups that `bench grow` wants.
Runs at the end of the provisioning in a box, as root there. The people of the crowd have no password;
grow10, grow100 and grow1000 have one, and are in so many groups."""
import struct, sys

import ldb
from samba import dsdb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

DOMAIN = "/var/lib/samba"
PEOPLE, BATCH = 100000, 2000
GROUPS = (10, 100, 1000)
PASSWORD = "Growing-Passw0rd"
RELAX = ["relax:0"]


def connect():
    load = LoadParm()
    load.load(f"{DOMAIN}/dc1/smb.conf")
    load.set("log level", "0")
    load.set("ldb:nosync", "true")
    return SamDB(url=f"{DOMAIN}/dc1/private/sam.ldb", session_info=system_session(), lp=load,
                 options=["batch_mode:1"])


def in_batches(db, count, add):
    """add(n) for each n, in transactions: a smaller one is slower, a larger one takes more memory."""
    for first in range(0, count, BATCH):
        db.transaction_start()
        for n in range(first, min(first + BATCH, count)):
            add(n)
        db.transaction_commit()


def guid(kind, n):
    """Growing ones go to the end of the index."""
    return struct.pack(">IQI", 0xf0000000 + kind, n, 0x10adf00d)


def fill():
    db = connect()
    folder = f"OU=Crowd,{db.domain_dn()}"
    db.add({"dn": folder, "objectClass": "organizationalUnit"})

    def person(n):
        name = f"crowd{n:06}"
        db.add({"dn": f"CN={name},{folder}", "objectClass": "user", "sAMAccountName": name,
                "userPrincipalName": f"{name}@ad.lab.test", "displayName": f"One of many, {n}",
                "objectGUID": guid(1, n)}, RELAX)

    members = {count: f"CN=grow{count},{folder}" for count in GROUPS}

    def group(n):
        name = f"team{n:04}"
        db.add({"dn": f"CN={name},{folder}", "objectClass": "group", "sAMAccountName": name,
                "member": [dn for count, dn in members.items() if n < count],
                "objectGUID": guid(2, n)}, RELAX)

    in_batches(db, PEOPLE, person)
    for count, dn in members.items():
        db.add({"dn": dn, "objectClass": "user", "sAMAccountName": f"grow{count}",
                "userPrincipalName": f"grow{count}@ad.lab.test", "displayName": f"Grow {count}",
                "unicodePwd": f'"{PASSWORD}"'.encode("utf-16-le"),
                "userAccountControl": str(dsdb.UF_NORMAL_ACCOUNT)})
    in_batches(db, max(GROUPS), group)
    found = db.search(dsdb_name(db), expression="(sAMAccountName=grow1000)", attrs=["memberOf"])
    if len(found) != 1 or len(found[0]["memberOf"]) != max(GROUPS):
        sys.exit("crowd: grow1000 is not in its groups")


def dsdb_name(db):
    return ldb.Dn(db, str(db.domain_dn()))


fill()
