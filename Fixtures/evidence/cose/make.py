"""Writes vectors.json: the ECDSA signatures of the COSE working group's examples (ecdsa-sig-01 to 03, of which RFC 8152 prints
the first kind), each with a certificate of its published key, because C2PA takes keys out of certificates.

Run: python make.py                      (Python 3.11, cryptography 48; certificates differ from run to run)
"""
import base64
import datetime
import json
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# The published private numbers, what is signed, and the signatures.
EXAMPLES = [
    ("es256", ec.SECP256R1(), "V8kgd2ZBRuh2dgyVINBUqpPDr7BOMGcF22CQMIUHtNM",
     "846A5369676E61747572653145A2012603004054546869732069732074686520636F6E74656E742E", "A201260300",
     "EAE868ECC176883766C5DC5BA5B8DCA25DAB3C2E56A551CE5705B793914348E1"
     "72727F48461FABBBA2E343492DDECAC3983686250BC68E9F1A7A07D41225B59F"),
    ("es384", ec.SECP384R1(), "ok3Nq97AXlpEusO7jIy1FZATlBP9PNReMU7DWbkLQ5dU90snHuuHVDjEPmtV0fTo",
     "846A5369676E61747572653144A10138224054546869732069732074686520636F6E74656E742E", "A1013822",
     "B8F85EFF78C88F5351CED2F1887B79B296490795594B62E41E22529BB90208B7D8CDDD4A46D0E9C986464D83D0A5D1ED"
     "F39B3E2C5750364230D0E8D76460D8808E76C83830FBBD1978CC174066EB437F17887979ECF027DCC9D51BAF6C4FD8C0"),
    ("es512", ec.SECP521R1(),
     "AAhRON2r9cqXX1hg-RoI6R1tX5p2rUAYdmpHZoC1XNM56KtscrX6zbKipQrCW9CGZH3T4ubpnoTKLDYJ_fF3_rJt",
     "846A5369676E61747572653144A10138234054546869732069732074686520636F6E74656E742E", "A1013823",
     "000F348009BADC7DA478150AA7FA06DFD812CDF826344F17C7330563573D8F97F7A966924C3D88B108907235476E3F6BEA9F"
     "3890027792B0F94E905C217227CF064E"
     "00A6BC6A5187D0DF9B1DB7675AECFC678CE4692A8121EB8170F3592A859D518FD3B823091AAB22E6C41EB97ED92127CE8C46"
     "DCC715A247CB78921FAD1E19133AFC30"),
]


def certificate(curve, number):
    digits = base64.urlsafe_b64decode(number + "=" * (-len(number) % 4))
    key = ec.derive_private_key(int.from_bytes(digits, "big"), curve)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "COSE example")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(datetime.datetime(2026, 1, 1))
    builder = builder.not_valid_after(datetime.datetime(2046, 1, 1))
    from cryptography.hazmat.primitives.serialization import Encoding
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


vectors = [
    {"algorithm": name, "certificate": certificate(curve, number).hex(), "protected": protected.lower(),
     "payload": b"This is the content.".hex(), "toBeSigned": signed.lower(), "signature": signature.lower()}
    for name, curve, number, signed, protected, signature in EXAMPLES
]
Path(__file__).with_name("vectors.json").write_text(json.dumps(vectors, indent=1) + "\n")
