# SPDX-License-Identifier: MIT
"""The pages of AD CS Web Enrollment as clients see them: elements, their ids and what is around the
numbers are those that published clients and captures of answers tell of; the rest is filler."""
import html

TITLE = "Microsoft Active Directory Certificate Services"
# Text is translated with the server; ids are not. {0}: the request's number, {1}: the CA's words.
TEXTS = {
    "en": {
        "issued": "Certificate Issued",
        "issued-body": "The certificate you requested was issued to you.",
        "link": "Download certificate", "chain": "Download certificate chain",
        "pending": "Certificate Pending",
        "pending-body": "Your certificate request has been received. However, you must wait for an "
                        "administrator to issue the certificate you requested.",
        "id": "Your Request Id is {0}.",
        "denied": "Certificate Request Denied", "denied-body": "Your certificate request was denied.",
        "reason": 'Your Request Id is {0}. The disposition message is "{1}".',
        "contact": "Contact your administrator for further information.",
        "error": "Error", "error-body": "An error has occurred on the server when fetching.",
        "number": "Disposition", "message": "Disposition message", "result": "Result",
        "info": "Component Information", "last": "LastStatus", "cause": "Suggested Cause",
        "why": "The request may not be for this page.",
    },
    "de": {
        "issued": "Zertifikat wurde ausgestellt",
        "issued-body": "Das angeforderte Zertifikat wurde für Sie ausgestellt.",
        "link": "Zertifikat downloaden", "chain": "Zertifikatkette downloaden",
        "pending": "Zertifikat steht aus",
        "pending-body": "Ihre Zertifikatanforderung wurde empfangen. Sie müssen jedoch warten, bis ein "
                        "Administrator das Zertifikat ausstellt.",
        "id": "Ihre Anforderungs-ID lautet {0}.",
        "denied": "Zertifikatanforderung verweigert",
        "denied-body": "Die Zertifikatanforderung wurde verweigert.",
        "reason": 'Ihre Anforderungs-ID lautet {0}. Die Dispositionsmeldung lautet "{1}".',
        "contact": "Wenden Sie sich an den Administrator, um weitere Informationen zu erhalten.",
        "error": "Fehler", "error-body": "Auf dem Server ist beim Abrufen ein Fehler aufgetreten.",
        "number": "Disposition", "message": "Dispositionsmeldung", "result": "Ergebnis",
        "info": "Komponenteninformationen", "last": "Letzter Status", "cause": "Mögliche Ursache",
        "why": "Die Anforderung ist vielleicht nicht für diese Seite.",
    },
}
# The dispositions of a request, as certnew.cer tells them.
DENIED, ISSUED, PENDING = 2, 3, 5
WORDS = {
    DENIED: ("Denied by LAB\\Administrator",
             "The request was denied by a certificate manager or CA administrator. 0x80094014 "
             "(-2146877420 CERTSRV_E_ADMIN_DENIED_REQUEST)"),
    PENDING: ("Taken Under Submission", "The operation completed successfully. 0x0 (WIN32: 0)"),
}


def page(ca, title, body):
    lines = ["", "", "<HTML>", "<Head>", f"  <Title>{TITLE}</Title>", "</Head>",
             "<Body BgColor=#FFFFFF Link=#0000FF>", "<!-- certnew.cer?ReqID=0& locDenied -->",
             f"<Table><TR><TD><Font ID=locMSCertSrv><LocID ID=locMSCertSrv>{TITLE} &nbsp;--&nbsp; "
             f"{html.escape(ca)}</LocID></Font></TD></TR></Table>",
             f"<P ID=locPageTitle><Font Size=-1><B>{title}</B></Font>", *body, "</Body>", "</HTML>"]
    return "\r\n".join(lines).encode()


def issued(ca, language, number, with_script):
    """A browser gets script, everything else plain links."""
    say = TEXTS[language]
    body = [f"<P ID=locInfoCertIssued>{say['issued-body']}"]
    if with_script:
        body += ["<Script Language=\"JavaScript\">", "function handleGetCert() {",
                 f"\tlocation=\"certnew.cer?ReqID={number}&\"+getEncoding();", "}",
                 "function handleGetChain() {",
                 f"\tlocation=\"certnew.p7b?ReqID={number}&\"+getEncoding();", "}",
                 "function handleGetCA() {", "\tlocation=\"certnew.cer?ReqID=CACert&Renewal=0&\""
                 "+getEncoding();", "}", "</Script>",
                 f"<A Href=\"#\" OnClick=\"handleGetCert();\"><LocID ID=locDownloadCert1>{say['link']}"
                 "</LocID></A>"]
    else:
        for encoding in ("bin", "b64"):
            body += [f"<A Href=\"certnew.cer?ReqID={number}&amp;Enc={encoding}\">"
                     f"<LocID ID=locDownloadCert2>{say['link']}</LocID></A>",
                     f"<A Href=\"certnew.p7b?ReqID={number}&amp;Enc={encoding}\">"
                     f"<LocID ID=locDownloadCertChain2>{say['chain']}</LocID></A>"]
        body.append("<A Href=\"certnew.cer?ReqID=CACert&amp;Renewal=0&amp;Enc=bin\">CA</A>")
    return page(ca, say["issued"], body)


def pending(ca, language, number):
    say = TEXTS[language]
    return page(ca, say["pending"], [
        f"<P ID=locInfoNewReq>{say['pending-body']}", "<P ID=locInfoReqID>",
        say["id"].format(number), "<P><LocID ID=locNoteTimeLimit>10</LocID>"])


def denied(ca, language, number, words):
    say = TEXTS[language]
    return page(ca, say["denied"], [
        f"<P ID=locDenied>{say['denied-body']}", "<P ID=locInfoReqIDandReason>",
        say["reason"].format(number, html.escape(words, quote=False)),
        f"<P ID=locContactAdmin>{say['contact']}"])


def not_there(ca, language, disposition, last=None, words=None):
    """What certnew.cer answers for a request without a certificate, or for none."""
    say = TEXTS[language]
    usual, status = WORDS.get(disposition, ("", ""))
    rows = [("locDispLabel", say["number"], str(disposition)),
            ("locDispMsgLabel", say["message"], words or usual), ("locResultLabel", say["result"], ""),
            ("locComInfoLabel", say["info"], ""), ("locLastStatLabel", say["last"], last or status),
            ("locSugCauseLabel", say["cause"], say["why"])]
    body = [f"<P ID=locErrorBody>{say['error-body']}",
            "<LocID ID=locModeCertFetch>(certnew.cer/certnew.p7b/certcrl.crl certificate/crl fetch)"
            "</LocID>", "<Table>"]
    for name, label, value in rows:
        body += [f"<TR><TD><LocID ID={name}>{label}:</LocID></TD>", f"<TD>\t\t{html.escape(value)}\t",
                 "</TD></TR>"]
    return page(ca, say["error"], [*body, "</Table>"])


def pending_list(ca, language, numbers):
    """certckpn.asp."""
    links = [f"<LI><A Href=\"certckpn.asp?ReqID={n}\">Saved-Request Certificate</A>" for n in numbers]
    return page(ca, TEXTS[language]["pending"], ["<P ID=locSelectCert>", *links])


def templates(ca, names):
    """certrqxt.asp: E, the subject comes from the directory; O, from the request."""
    options = [f"<Option Value=\"{kind};{name};1;\">{name} (name)" for kind, name in names]
    return page(ca, "Submit", ["<Select Name=lbCertTemplate ID=lbCertTemplateID>", *options, "</Select>"])


def renewals(ca):
    """certcarc.asp."""
    return page(ca, "CA", ["<Script Language=\"JavaScript\">", "var nRenewals=0;", "</Script>"])


PROXY = (b"<!DOCTYPE html><html><head><title>Web filter: please sign in</title></head><body>"
         b"<form action=\"http://proxy.example/login\"><input name=password></form></body></html>")
HUGE = b"\r\n<HTML><!-- " + b"x" * (10 << 20) + b" --><P ID=locInfoReqID>Your Request Id is 1.</HTML>"
IIS_401 = (b"<!DOCTYPE html><html><head><title>401 - Unauthorized: Access is denied due to invalid "
           b"credentials.</title></head><body><h2>401 - Unauthorized</h2></body></html>")
