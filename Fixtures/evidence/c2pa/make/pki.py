"""Makes the certificates of the samples; see README.md beside it."""
import datetime as D, os
from cryptography import x509
from cryptography.x509.oid import NameOID as N, ExtendedKeyUsageOID as E, ObjectIdentifier as O
from cryptography.hazmat.primitives import hashes, serialization as S
from cryptography.hazmat.primitives.asymmetric import ec, rsa, ed25519
OUT='pki'; os.makedirs(OUT,exist_ok=True)
NOW=D.datetime(2026,11,1); FAR=D.datetime(2046,11,1)
C2PA=O('1.3.6.1.4.1.62558.2.1')
def name(cn,org='AIGuard Test'): return x509.Name([x509.NameAttribute(N.COUNTRY_NAME,'XX'),x509.NameAttribute(N.ORGANIZATION_NAME,org),x509.NameAttribute(N.COMMON_NAME,cn)])
def key(k): return {'p256':lambda:ec.generate_private_key(ec.SECP256R1()),'p384':lambda:ec.generate_private_key(ec.SECP384R1()),'p521':lambda:ec.generate_private_key(ec.SECP521R1()),'rsa':lambda:rsa.generate_private_key(65537,2048),'ed':ed25519.Ed25519PrivateKey.generate}[k]()
def mk(cn,k,issuer=None,ca=False,eku=(C2PA,E.EMAIL_PROTECTION),nb=NOW,na=FAR,org='AIGuard Test',aki=True,ku=True,crit_eku=False):
    kk=key(k); sub=name(cn,org)
    if issuer: iname,ik,icert=issuer[0].subject,issuer[1],issuer[0]
    else: iname,ik,icert=sub,kk,None
    b=x509.CertificateBuilder().subject_name(sub).issuer_name(iname).public_key(kk.public_key()).serial_number(x509.random_serial_number()).not_valid_before(nb).not_valid_after(na)
    b=b.add_extension(x509.BasicConstraints(ca,None),True)
    if ku: b=b.add_extension(x509.KeyUsage(digital_signature=not ca or cn.startswith('CA-leaf'),content_commitment=False,key_encipherment=False,data_encipherment=False,key_agreement=False,key_cert_sign=ca,crl_sign=ca,encipher_only=False,decipher_only=False),True)
    b=b.add_extension(x509.SubjectKeyIdentifier.from_public_key(kk.public_key()),False)
    if issuer and aki: b=b.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ik.public_key()),False)
    if eku and (not ca or cn.startswith('CA-leaf')): b=b.add_extension(x509.ExtendedKeyUsage(list(eku)),crit_eku)
    h=None if isinstance(ik,ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return b.sign(ik,h),kk
def save(n,p,chain=()):
    c,k=p
    open(f'{OUT}/{n}.key','wb').write(k.private_bytes(S.Encoding.PEM,S.PrivateFormat.PKCS8,S.NoEncryption()))
    open(f'{OUT}/{n}.pem','wb').write(b''.join(x.public_bytes(S.Encoding.PEM) for x in (c,)+tuple(chain)))
root=mk('AIGuard Test Root CA','p384',ca=True); save('root',root)
ica=mk('AIGuard Test Signing CA','p256',root,ca=True); save('ica',ica)
ch=(ica[0],)
for n,k in (('es256','p256'),('es384','p384'),('es512','p521'),('ps256','rsa'),('ps384','rsa'),('ps512','rsa'),('ed25519','ed')): save(n,mk('AIGuard Test Signer '+n,k,ica),ch)
save('camera',mk('AIGuard Test Camera','p256',ica,org='AIGuard Test Cameras'),ch)
save('expired',mk('AIGuard Test Expired','p256',ica,nb=D.datetime(2023,1,1),na=D.datetime(2024,1,1)),ch)
save('future',mk('AIGuard Test NotYet','p256',ica,nb=D.datetime(2040,1,1),na=D.datetime(2041,1,1)),ch)
save('wrongeku',mk('AIGuard Test TLS Server','p256',ica,eku=(E.SERVER_AUTH,)),ch)
save('anyeku',mk('AIGuard Test AnyEKU','p256',ica,eku=(E.ANY_EXTENDED_KEY_USAGE,C2PA)),ch)
save('caleaf',mk('CA-leaf AIGuard Test','p256',ica,ca=True),ch)
save('selfsigned',mk('AIGuard Test Selfsigned','p256'))
r2=mk('Unknown Root','p256',ca=True,org='Nobody'); save('root2',r2); save('unknown',mk('Unknown Signer','p256',r2,org='Nobody'),())
save('smime',mk('AIGuard Test Mail','p256',ica,eku=(E.EMAIL_PROTECTION,)),ch)
troot=mk('AIGuard Test TSA Root','p256',ca=True,nb=D.datetime(2020,1,1)); save('tsaroot',troot)
save('tsa',mk('AIGuard Test TSA','p256',troot,eku=(E.TIME_STAMPING,),nb=D.datetime(2020,1,1),crit_eku=True),(troot[0],))
tr2=mk('Unknown TSA Root','p256',ca=True,nb=D.datetime(2020,1,1)); save('tsaroot2',tr2)
save('tsa2',mk('Unknown TSA','p256',tr2,eku=(E.TIME_STAMPING,),nb=D.datetime(2020,1,1),crit_eku=True),(tr2[0],))
# expired signing CA problem: the ICA is valid from 2026-11; a 2023 leaf needs an older ICA
oldroot=mk('AIGuard Test Old Root CA','p256',ca=True,nb=D.datetime(2020,1,1)); save('oldroot',oldroot)
oldica=mk('AIGuard Test Old Signing CA','p256',oldroot,ca=True,nb=D.datetime(2020,1,1)); save('oldica',oldica)
save('expired',mk('AIGuard Test Expired','p256',oldica,nb=D.datetime(2023,1,1),na=D.datetime(2024,1,1)),(oldica[0],))
open(f'{OUT}/anchors.pem','wb').write(open(f'{OUT}/root.pem','rb').read()+open(f'{OUT}/oldroot.pem','rb').read()+open(f'{OUT}/tsaroot.pem','rb').read())
# anchor = intermediate only
open(f'{OUT}/anchors-intermediate.pem','wb').write(ica[0].public_bytes(S.Encoding.PEM))
