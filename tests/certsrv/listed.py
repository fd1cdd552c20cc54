# SPDX-License-Identifier: MIT
"""What the directory and the policy server say alike."""
# Priority, authentication (MS-XCEP 3.1.4.1.3.5), whether for renewal alone, address.
HOST, BESIDE = "https://pki.ad.lab.test", "https://pki.ad.lab.test:8450"
SERVERS = [(1, 2, 0, f"{HOST}/Lab%20Issuing%20CA_CES_Kerberos/service.svc/CES"),
           (1, 4, 0, f"{BESIDE}/Lab%20Issuing%20CA_CES_UsernamePassword/service.svc/CES"),
           (1, 8, 1, f"{BESIDE}/Lab%20Issuing%20CA_CES_Certificate/service.svc/CES")]
# Name: version, OID, major and minor revision. Those that are not here have version 1.
TEMPLATES = {name: (2, f"1.3.6.1.4.1.311.21.8.9876543.1234567.300.20.{number}", 100, number)
             for number, name in enumerate(("Small", "Web", "Bobs"), 200)}
