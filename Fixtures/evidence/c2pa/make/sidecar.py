"""Makes ../sidecar: an image, the manifest store that c2pa-python wrote beside it, and the anchor of its signer.

    python sidecar.py

with c2pa-python 0.38.1, cryptography and Pillow 13.0. Keys are drawn anew, so that the store differs from run to run.
"""

import datetime, io, json, pathlib, sys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
import c2pa

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
from picture import enc_img, pic

OUT = HERE.parent / "sidecar"
BEGIN, END = datetime.datetime(2026, 11, 1), datetime.datetime(2046, 11, 1)


def name(common):
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "XX"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "AIGuard Test"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def certificate(subject, issuer, key, signing_key, is_authority):
    usage = dict.fromkeys(
        ["content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"],
        False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(END)
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_authority, key_cert_sign=is_authority, crl_sign=is_authority, **usage
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False
        )
    )
    if not is_authority:
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
        )
    return builder.sign(signing_key, hashes.SHA256())


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


authority_key, signer_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
authority = certificate("Sidecar CA", "Sidecar CA", authority_key, authority_key, True)
signer = certificate("Sidecar signer", "Sidecar CA", signer_key, authority_key, False)
OUT.mkdir(exist_ok=True)
(OUT / "anchors.pem").write_bytes(pem(authority))
(OUT / "image.jpg").write_bytes(enc_img(pic(4), "JPEG", quality=80))
private = signer_key.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)
manifest = {
    "claim_generator_info": [{"name": "AIGuard sidecar", "version": "1.0"}],
    "assertions": [
        {
            "label": "c2pa.actions.v2",
            "data": {
                "actions": [
                    {
                        "action": "c2pa.created",
                        "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
                    }
                ]
            },
        }
    ],
}
made = c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", pem(signer) + pem(authority), private, None))
builder = c2pa.Builder(json.dumps(manifest))
builder.set_no_embed()
with open(OUT / "image.jpg", "rb") as source:
    store = builder.sign(made, "image/jpeg", source, io.BytesIO())
(OUT / "image.c2pa").write_bytes(store)
