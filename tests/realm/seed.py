#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The people, groups, sites and rules of the domain: what the file `people` says becomes entries.

plant() writes everything once; `seed.py redate` after each start from the snapshot makes dates true
again ("locked now", "password ends in seven days"). Works on the database, Samba running or not."""
import os, re, signal, sys, time

import ldb
from samba import dsdb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

DOMAIN = "/var/lib/samba"  # in every box; see inside
REALM, ADMIN_PASSWORD = "AD.LAB.TEST", "Admin-Passw0rd"
HOUR, DAY = 3600, 86400
NEVER = 0x7FFFFFFFFFFFFFFF
SITES = {"HQ": ["10.99.1.0/24"], "BRANCH": ["10.99.2.0/24"]}
MAX_AGE_D, PSO_MAX_AGE_D = 42, 10


def nt_time(seconds_ago=0):
    """100 ns since 1601, as the directory counts."""
    return str(int((time.time() - seconds_ago + 11644473600) * 10**7))


def nt_span(seconds):
    return str(-seconds * 10**7)


def connect(dc="dc1"):
    load = LoadParm()
    load.load(f"{DOMAIN}/{dc}/smb.conf")
    # No log of our own openings in the server's log.
    load.set("log level", "0")
    return SamDB(url=f"{DOMAIN}/{dc}/private/sam.ldb", session_info=system_session(), lp=load)


def people():
    """Lines of `people`: (kind, name, password, upn, {special: value})."""
    path = os.path.join(os.path.dirname(os.path.realpath(__file__)), "people")
    with open(path, encoding="utf-8") as file:
        for line in file:
            if not line.strip() or line.startswith("#"):
                continue
            name, password, upn, special = (re.split(r" {2,}", line.strip()) + ["-"] * 3)[:4]
            told = {}
            for word in special.split("; ") if special != "-" else []:
                key, _, value = word.partition("=")
                told[key] = re.sub(r"\\(n|x..|\\)", unescape, value)
            if password.startswith("repeat:"):
                count, text = password.split(":")[1:]
                password = text * int(count)
            yield name, password, upn, told


def unescape(found):
    what = found.group(1)
    return {"n": "\n", "\\": "\\"}.get(what) or chr(int(what[1:], 16))


def modify(db, dn, **values):
    """Replaces attributes; past the guard that leaves dates of passwords to Samba alone."""
    message = ldb.Message(dn if isinstance(dn, ldb.Dn) else ldb.Dn(db, dn))
    for name, value in values.items():
        message[name] = ldb.MessageElement(value, ldb.FLAG_MOD_REPLACE, name)
    db.modify(message, [f"local_oid:{dsdb.DSDB_CONTROL_BYPASS_PASSWORD_HASH_OID}:0"])


def find(db, name, attrs=None):
    found = db.search(db.domain_dn(), expression=f"(sAMAccountName={ldb.binary_encode(name)})",
                      attrs=attrs or ["*"])
    if len(found) != 1:
        raise LookupError(f"no account {name}")
    return found[0]


def child(db, name, parent):
    """The DN of CN=name under parent; the library does the quoting."""
    dn = ldb.Dn(db, parent)
    dn.add_child(ldb.Dn(db, "CN=x"))
    dn.set_component(0, "CN", name)
    return dn


def plant():
    db = connect()
    base, config = db.domain_dn(), str(db.get_config_basedn())
    rules(db, base, config)
    sites(db, config)
    folder = f"OU=People,{base}"
    db.add({"dn": folder, "objectClass": "organizationalUnit"})
    for name, password, upn, special in people():
        if password == "group":
            group(db, name, folder, special)
        else:
            person(db, name, password, upn, special, folder)
    redate(db)


def rules(db, base, config):
    """The password policy, and a stricter one for whoever has `pso`."""
    modify(db, base, minPwdLength="7", pwdProperties="1", maxPwdAge=nt_span(MAX_AGE_D * DAY),
           minPwdAge="0", pwdHistoryLength="24", lockoutThreshold="5",
           lockoutDuration=nt_span(HOUR), lockOutObservationWindow=nt_span(HOUR))
    db.add({"dn": f"CN=Strict,CN=Password Settings Container,CN=System,{base}",
            "objectClass": "msDS-PasswordSettings", "msDS-PasswordSettingsPrecedence": "10",
            "msDS-PasswordReversibleEncryptionEnabled": "FALSE", "msDS-PasswordHistoryLength": "24",
            "msDS-PasswordComplexityEnabled": "TRUE", "msDS-MinimumPasswordLength": "12",
            "msDS-MinimumPasswordAge": "0", "msDS-MaximumPasswordAge": nt_span(PSO_MAX_AGE_D * DAY),
            "msDS-LockoutThreshold": "5", "msDS-LockoutDuration": nt_span(HOUR),
            "msDS-LockoutObservationWindow": nt_span(HOUR)})
    modify(db, f"CN=Partitions,{config}", uPNSuffixes="corp.example")


def sites(db, config):
    """HQ exists already; a site must be in a site link, or nothing replicates with it."""
    from samba import sites as samba_sites, subnets
    samba_sites.create_site(db, ldb.Dn(db, config), "BRANCH")
    link = f"CN=DEFAULTIPSITELINK,CN=IP,CN=Inter-Site Transports,CN=Sites,{config}"
    modify(db, link, siteList=[f"CN={site},CN=Sites,{config}" for site in SITES])
    for site, nets in SITES.items():
        for net in nets:
            subnets.create_subnet(db, ldb.Dn(db, config), net, site)


def group(db, name, folder, special):
    # `in` names a group further up in the file.
    for each in numbered(name):
        dn = child(db, each, folder)
        db.add({"dn": dn, "objectClass": "group", "sAMAccountName": each})
        join(db, dn, special)


def numbered(name):
    """many-{1..3} is many-1, many-2, many-3."""
    span = re.fullmatch(r"(.*)\{(\d+)\.\.(\d+)\}", name)
    if not span:
        return [name]
    return [f"{span[1]}{n:03}" for n in range(int(span[2]), int(span[3]) + 1)]


def join(db, dn, special):
    for into in filter(None, special.get("in", "").split(",")):
        for each in numbered(into):
            message = ldb.Message(find(db, each, ["dn"]).dn)
            message["member"] = ldb.MessageElement(str(dn), ldb.FLAG_MOD_ADD, "member")
            db.modify(message)


def person(db, name, password, upn, special, folder):
    dn, flags = child(db, name, folder), dsdb.UF_NORMAL_ACCOUNT
    for word, flag in (("disabled", dsdb.UF_ACCOUNTDISABLE), ("smartcard", dsdb.UF_SMARTCARD_REQUIRED),
                       ("never-expires", dsdb.UF_DONT_EXPIRE_PASSWD)):
        flags |= flag if word in special else 0
    entry = {"dn": dn, "objectClass": "user", "sAMAccountName": name,
             "userPrincipalName": upn if upn != "-" else f"{name}@{REALM.lower()}",
             "unicodePwd": f'"{password}"'.encode("utf-16-le"), "userAccountControl": str(flags)}
    for word, attribute in (("display", "displayName"), ("mail", "mail")):
        if word in special:
            entry[attribute] = special[word]
    db.add(entry)
    join(db, dn, special)
    if "no-hours" in special:
        modify(db, dn, logonHours=b"\0" * 21)
    if "expired-account" in special:
        modify(db, dn, accountExpires=nt_time(DAY))
    if "pso" in special:
        modify(db, f"CN=Strict,CN=Password Settings Container,CN=System,{db.domain_dn()}",
               **{"msDS-PSOAppliesTo": str(dn)})


def redate(db):
    """Ages in the snapshot have grown since it was made: set them all as `people` tells."""
    known = {str(e["sAMAccountName"]): e for e in
             db.search(f"OU=People,{db.domain_dn()}", expression="(objectClass=user)",
                       attrs=["sAMAccountName"])}
    db.transaction_start()
    for name, password, _, special in people():
        if password == "group":
            continue
        # "Ends in 7 days" with an hour to spare, so that whole days count right for an hour.
        ends_d = special.get("ends-in-days")
        age = 0 if ends_d is None else (MAX_AGE_D - int(ends_d)) * DAY - HOUR
        last = "0" if "must-change" in special else nt_time(age)
        entry = {"pwdLastSet": last}
        if "locked" in special:
            entry.update(lockoutTime=nt_time(), badPasswordTime=nt_time(), badPwdCount="5")
        modify(db, known[name].dn, **entry)
    db.transaction_commit()


if __name__ == "__main__":
    if sys.argv[1:2] != ["redate"] or len(sys.argv) > 3:
        sys.exit("usage: seed.py redate [DC]")
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C needs no traceback
    redate(connect(*sys.argv[2:]))
