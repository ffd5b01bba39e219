"""Writes answers.json: OCSP answers (RFC 6960) about one certificate, by its issuer, by whom the issuer names, and by nobody.

Run: python make.py                      (Python 3.11, cryptography 48; keys and bytes differ from run to run)
"""
import datetime as D
import json
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

START, END = D.datetime(2026, 1, 1), D.datetime(2046, 1, 1)


def make(name, issuer=None, ca=False, uses=None):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).public_key(key.public_key())
    builder = builder.issuer_name(issuer[0].subject if issuer else subject)
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(START).not_valid_after(END)
    builder = builder.add_extension(x509.BasicConstraints(ca, None), True)
    if uses:
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), False)
    return builder.sign(issuer[1] if issuer else key, hashes.SHA256()), key


ROOT = make("Root", ca=True)
LEAF = make("Leaf", ROOT)
OTHER = make("Other leaf", ROOT)
RESPONDER = make("Responder", ROOT, uses=[ExtendedKeyUsageOID.OCSP_SIGNING])
NOT_RESPONDER = make("No responder", ROOT, uses=[ExtendedKeyUsageOID.CLIENT_AUTH])
STRANGER = make("Stranger", ca=True)


def answer(status=ocsp.OCSPCertStatus.GOOD, by=ROOT, about=LEAF, next_update=D.datetime(2026, 6, 8), reason=None, hash_=None):
    revoked = status == ocsp.OCSPCertStatus.REVOKED
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=about[0], issuer=ROOT[0], algorithm=hash_ or hashes.SHA1(), cert_status=status,
        this_update=D.datetime(2026, 6, 1), next_update=next_update,
        revocation_time=D.datetime(2026, 5, 1) if revoked else None, revocation_reason=reason)
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, by[0])
    if by is not ROOT:
        builder = builder.certificates([by[0]])
    return builder.sign(by[1], hashes.SHA256()).public_bytes(Encoding.DER).hex()


REVOKED = ocsp.OCSPCertStatus.REVOKED
answers = {
    "good": answer(),
    "goodByResponder": answer(by=RESPONDER),
    "goodBySHA256": answer(hash_=hashes.SHA256()),
    "goodForADay": answer(next_update=None),
    "revoked": answer(REVOKED, reason=x509.ReasonFlags.key_compromise),
    "removedFromList": answer(REVOKED, reason=x509.ReasonFlags.remove_from_crl),
    "unknown": answer(ocsp.OCSPCertStatus.UNKNOWN),
    "aboutAnother": answer(about=OTHER),
    "byAStranger": answer(by=STRANGER),
    "byNoResponder": answer(by=NOT_RESPONDER),
    "revokedByAStranger": answer(REVOKED, by=STRANGER),
    "refused": ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER).public_bytes(Encoding.DER).hex(),
}
certificates = {"root": ROOT[0].public_bytes(Encoding.DER).hex(), "leaf": LEAF[0].public_bytes(Encoding.DER).hex()}
Path(__file__).with_name("answers.json").write_text(
    json.dumps({"certificates": certificates, "answers": answers}, indent=1) + "\n")
