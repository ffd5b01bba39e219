"""A writer of C2PA files in which everything can be bent; see README.md beside it."""
# own C2PA writer for test files: everything can be bent
import struct, hashlib, os, zlib, uuid as U, subprocess, tempfile
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization as S
from cryptography.hazmat.primitives.asymmetric import ec, rsa, ed25519, padding, utils
class Tag:
    def __init__(s,t,v): s.t,s.v=t,v
class Raw:
    def __init__(s,b): s.b=b
class Wide:           # uint forced to 4 bytes
    def __init__(s,n): s.n=n
class Indef:          # indefinite-length map
    def __init__(s,d): s.d=d
class Pairs:          # map with duplicate keys
    def __init__(s,l): s.l=l
def hd(mt,n):
    m=mt<<5
    if n<24: return bytes([m|n])
    if n<256: return bytes([m|24,n])
    if n<65536: return bytes([m|25])+struct.pack('>H',n)
    if n<2**32: return bytes([m|26])+struct.pack('>I',n)
    return bytes([m|27])+struct.pack('>Q',n)
def enc(v):
    if v is None: return b'\xf6'
    if v is True: return b'\xf5'
    if v is False: return b'\xf4'
    if isinstance(v,Raw): return v.b
    if isinstance(v,Wide): return b'\x1a'+struct.pack('>I',v.n)
    if isinstance(v,int): return hd(0,v) if v>=0 else hd(1,-1-v)
    if isinstance(v,float): return b'\xfb'+struct.pack('>d',v)
    if isinstance(v,(bytes,bytearray)): return hd(2,len(v))+bytes(v)
    if isinstance(v,str): e=v.encode(); return hd(3,len(e))+e
    if isinstance(v,(list,tuple)): return hd(4,len(v))+b''.join(map(enc,v))
    if isinstance(v,dict): return hd(5,len(v))+b''.join(enc(k)+enc(x) for k,x in v.items())
    if isinstance(v,Pairs): return hd(5,len(v.l))+b''.join(enc(k)+enc(x) for k,x in v.l)
    if isinstance(v,Indef): return b'\xbf'+b''.join(enc(k)+enc(x) for k,x in v.d.items())+b'\xff'
    if isinstance(v,Tag): return hd(6,v.t)+enc(v.v)
    raise TypeError(type(v))
T=bytes.fromhex('00110010800000aa00389b71')
def ty(s): return s.encode()+T
FILEUUID=bytes.fromhex('40cb0c32bb8a489da70b2ad6f47f4369')
REDACT=bytes.fromhex('caa98eee9d4df80e86ad4dffca263973')
def box(t,b): return struct.pack('>I',len(b)+8)+t.encode()+b
def sup(u,label,*content,toggles=3,salt=None):
    d=u+bytes([toggles|(0x10 if salt else 0)])+label.encode()+b'\0'
    if salt: d+=box('c2sh',salt)
    return box('jumb',box('jumd',d)+b''.join(content))
def h(b,alg='sha256'): return getattr(hashlib,alg)(b).digest()
def boxhash(b,alg='sha256'): return h(b[8:],alg)
def huri(url,b,alg=None,**k):
    d={'url':url}
    if alg: d['alg']=alg
    d['hash']=boxhash(b,alg or 'sha256'); d.update(k); return d
def cborA(label,v,salt=None): return label,sup(ty('cbor'),label,box('cbor',enc(v)),salt=salt)
def jsonA(label,s): return label,sup(ty('json'),label,box('json',s.encode()))
def fileA(label,mime,data,salt=None): return label,sup(FILEUUID,label,box('bfdb',b'\0'+mime.encode()+b'\0'),box('bidb',data),salt=salt)
ALG={'es256':-7,'es384':-35,'es512':-36,'ps256':-37,'ps384':-38,'ps512':-39,'ed25519':-8,'rs256':-257}
HS={'es256':hashes.SHA256,'es384':hashes.SHA384,'es512':hashes.SHA512,'ps256':hashes.SHA256,'ps384':hashes.SHA384,'ps512':hashes.SHA512,'rs256':hashes.SHA256}
PKI=os.path.join(os.path.dirname(os.path.abspath(__file__)),'pki')
class Signer:
    def __init__(s,name,alg=None):
        pem=open(f'{PKI}/{name}.pem','rb').read()
        s.certs=[c.public_bytes(S.Encoding.DER) for c in x509.load_pem_x509_certificates(pem)]
        s.key=S.load_pem_private_key(open(f'{PKI}/{name}.key','rb').read(),None)
        s.alg=alg or ('es256' if isinstance(s.key,ec.EllipticCurvePrivateKey) else name)
    def sign(s,m):
        k=s.key
        if isinstance(k,ec.EllipticCurvePrivateKey):
            r,q=utils.decode_dss_signature(k.sign(m,ec.ECDSA(HS[s.alg]()))); n=(k.curve.key_size+7)//8
            return r.to_bytes(n,'big')+q.to_bytes(n,'big')
        if isinstance(k,rsa.RSAPrivateKey):
            H=HS[s.alg]()
            if s.alg=='rs256': return k.sign(m,padding.PKCS1v15(),H)
            return k.sign(m,padding.PSS(padding.MGF1(H),H.digest_size),H)
        return k.sign(m)
def tst(tsa,prot,payload,when,ctx='CounterSignature'):
    tbs=enc([ctx,prot,b'',payload]); d=tempfile.mkdtemp()
    open(d+'/m','wb').write(tbs)
    cfg=f'[tsa]\ndefault_tsa=t\n[t]\ndir={d}\nserial={d}/serial\ncrypto_device=builtin\nsigner_digest=sha256\ndefault_policy=1.2.3.4.1\ndigests=sha256,sha384,sha512\naccuracy=secs:1\nordering=no\ntsa_name=no\ness_cert_id_chain=no\ness_cert_id_alg=sha256\n'
    open(d+'/c','w').write(cfg); open(d+'/serial','w').write('01\n')
    subprocess.run(['openssl','ts','-query','-data',d+'/m','-sha256','-cert','-no_nonce','-out',d+'/q'],check=True,capture_output=True)
    pem=open(f'{PKI}/{tsa}.pem').read(); parts=pem.split('-----END CERTIFICATE-----\n'); open(d+'/s.pem','w').write(parts[0]+'-----END CERTIFICATE-----\n'); open(d+'/ch.pem','w').write('-----END CERTIFICATE-----\n'.join(parts[1:]))
    r=subprocess.run(['faketime',when,'openssl','ts','-reply','-config',d+'/c','-queryfile',d+'/q','-signer',d+'/s.pem','-inkey',f'{PKI}/{tsa}.key','-chain',d+'/ch.pem','-out',d+'/r'],capture_output=True)
    assert r.returncode==0,r.stderr
    subprocess.run(['openssl','ts','-reply','-in',d+'/r','-token_out','-out',d+'/t'],check=True,capture_output=True)
    return open(d+'/r','rb').read(),open(d+'/t','rb').read()
def cose(signer,claim,*,pad=64,x5='int',bucket='prot',payload=None,tamper=None,algid=None,tag=True,ts=None,extra_unprot=None,signed=None,rvals=None):
    ch=signer.certs if len(signer.certs)>1 else signer.certs[0]
    p={1:ALG[signer.alg] if algid is None else algid}
    u={}
    lab=33 if x5=='int' else 'x5chain'
    if bucket in('prot','both'): p[lab]=ch
    if bucket in('unprot','both'): u[lab]=ch
    pb=enc(p)
    sig=signer.sign(enc(['Signature1',pb,b'',claim if signed is None else signed]))
    if tamper: sig=tamper(sig)
    if ts:
        kind,tsa,when=ts[:3]; wrong=len(ts)>3
        if kind=='sigTst2': _,tok=tst(tsa,pb,enc(sig) if not wrong else enc(sig[::-1]),when); u['sigTst2']={'tstTokens':[{'val':tok}]}
        else: resp,_=tst(tsa,pb,claim,when); u['sigTst']={'tstTokens':[{'val':resp}]}
    if rvals: u['rVals']={'ocspVals':rvals}
    if extra_unprot: u.update(extra_unprot)
    if pad: u['pad']=bytes(pad)
    v=[pb,u,payload,sig]
    return enc(Tag(18,v) if tag else v)
class M:
    """one manifest; assertions is a list of (label,box)"""
    def __init__(s,label,signer,assertions,*,v=2,gathered=(),redacted=None,title='test',alg='sha256',order='asc',kind='c2ma',relsig=False,cosekw=None,claim_patch=None,gen=None,uris=None,extra=(),noclaim=False,twoclaims=False,nosig=False,store_patch=None,claimraw=None,fmt='image/jpeg',halg=None):
        s.__dict__.update(locals()); del s.__dict__['s']
    def build(s):
        store=sup(ty('c2as'),'c2pa.assertions',*[b for _,b in s.assertions]) if not s.store_patch else s.store_patch(s.assertions)
        def u(l,b):
            if s.uris and l in s.uris: return s.uris[l](l,b)
            d={'url':f'self#jumbf=c2pa.assertions/{l}','hash':boxhash(b,s.halg or 'sha256')}
            if s.halg: d={'url':d['url'],'alg':s.halg,'hash':d['hash']}
            return d
        us=[(l,u(l,b)) for l,b in s.assertions]
        us=[(l,x) for l,x in us if x is not None]
        sigurl='self#jumbf=c2pa.signature' if s.relsig else f'self#jumbf=/c2pa/{s.label}/c2pa.signature'
        gi=s.gen or {'name':'AIGuard Test Writer','version':'1.0'}
        if s.v==2:
            c={'instanceID':'xmp:iid:'+str(U.uuid5(U.NAMESPACE_URL,s.label)),'claim_generator_info':gi,'signature':sigurl,'created_assertions':[x for l,x in us if l not in s.gathered]}
            if s.gathered: c['gathered_assertions']=[x for l,x in us if l in s.gathered]
            c['dc:title']=s.title
            if s.redacted: c['redacted_assertions']=s.redacted
            if s.alg: c['alg']=s.alg
        else:
            c={'claim_generator':'AIGuard_Test_Writer/1.0','claim_generator_info':[gi],'signature':sigurl,'assertions':[x for _,x in us],'dc:format':s.fmt,'instanceID':'xmp:iid:'+str(U.uuid5(U.NAMESPACE_URL,s.label)),'dc:title':s.title}
            if s.redacted: c['redacted_assertions']=s.redacted
            if s.alg: c['alg']=s.alg
        if s.claim_patch: c=s.claim_patch(c) or c
        cb=enc(c) if s.claimraw is None else s.claimraw(c)
        cl=sup(ty('c2cl'),'c2pa.claim.v2' if s.v==2 else 'c2pa.claim',box('cbor',cb))
        s.claimbytes=cb
        sg=sup(ty('c2cs'),'c2pa.signature',box('cbor',cose(s.signer,cb,**(s.cosekw or {}))))
        s.sigbox=sg
        parts=[store,cl,sg]
        if s.order=='google': parts=[sg,cl,store]
        if s.noclaim: parts.remove(cl)
        if s.nosig: parts.remove(sg)
        if s.twoclaims: parts.insert(1,cl)
        s.box=sup(ty(s.kind),s.label,*parts,*s.extra)
        return s.box
def store(*manifests,tail=()): return sup(ty('c2pa'),'c2pa',*manifests,*tail)
def datahash(excl,hashv,alg='sha256',pad=8,**k):
    d={'exclusions':[{'start':Wide(a),'length':Wide(b)} for a,b in excl],'alg':alg,'name':'jumbf manifest','hash':hashv,'pad':bytes(pad)}
    d.update(k); return cborA('c2pa.hash.data',d)
DST='http://cv.iptc.org/newscodes/digitalsourcetype/'
def created(t,agent='TestGen',label='c2pa.actions.v2',when=True,strings=False,extra=(),**k):
    a={'action':'c2pa.created'}
    if when: a['when']=('2026-11-20T10:00:00Z' if strings else Tag(0,'2026-11-20T10:00:00Z'))
    if label.endswith('v2'): a['softwareAgent']=agent if strings else {'name':agent,'version':'1.0'}
    else: a['softwareAgent']=agent
    if t: a['digitalSourceType']=t if t.startswith('http') else DST+t
    return cborA(label,{'actions':[a]+list(extra),**k})
# ---- embedding -------------------------------------------------------------
def jpeg_segments(st,en=0x0211,size=64000,zstart=1,zstep=1):
    out=b''; z=zstart
    ch=[st[i:i+size] for i in range(0,len(st),size)]
    for i,c in enumerate(ch):
        pl=b'JP'+struct.pack('>HI',en,z)+(st[:8] if i else b'')+c; z+=zstep
        out+=b'\xff\xeb'+struct.pack('>H',len(pl)+2)+pl
    return out
def jpeg_pos(d):
    p=2
    if d[2:4]==b'\xff\xe0': p=4+struct.unpack('>H',d[4:6])[0]
    return p
def emb_jpeg(d,st,**k):
    p=jpeg_pos(d); s=jpeg_segments(st,**k); return d[:p]+s+d[p:],(p,len(s))
def chunk(t,b): return struct.pack('>I',len(b))+t+b+struct.pack('>I',zlib.crc32(t+b))
def emb_png(d,st): c=chunk(b'caBX',st); return d[:33]+c+d[33:],(33,len(c))
def emb_webp(d,st):
    c=b'C2PA'+struct.pack('<I',len(st))+st+(b'\0' if len(st)&1 else b'')
    n=len(d); d2=d+c; d2=d2[:4]+struct.pack('<I',len(d2)-8)+d2[8:]; return d2,(n,len(c))
def emb_gif(d,st):
    # after LSD + GCT
    p=13+(3*(2<<(d[10]&7)) if d[10]&0x80 else 0)
    c=b'\x21\xff\x0bC2PA_GIF\x01\0\0'+b''.join(bytes([len(st[i:i+255])])+st[i:i+255] for i in range(0,len(st),255))+b'\0'
    d=b'GIF89a'+d[6:]
    return d[:p]+c+d[p:],(p,len(c))
def emb_tiff(d,st):
    # append an own IFD as last page (spec 2.2)
    e='<' if d[:2]==b'II' else '>'
    p=struct.unpack(e+'I',d[4:8])[0]
    while True:
        n=struct.unpack(e+'H',d[p:p+2])[0]; q=p+2+12*n; nx=struct.unpack(e+'I',d[q:q+4])[0]
        if nx==0: break
        p=nx
    if len(d)&1: d+=b'\0'
    ifd=len(d); d=d[:q]+struct.pack(e+'I',ifd)+d[q+4:]
    off=ifd+2+12+4
    d+=struct.pack(e+'H',1)+struct.pack(e+'HHII',0xcd41,7,len(st),off)+struct.pack(e+'I',0)+st
    return d,(off,len(st))
EMB={'jpeg':emb_jpeg,'png':emb_png,'webp':emb_webp,'gif':emb_gif,'tiff':emb_tiff}
def excl_hash(d,ranges,alg='sha256'):
    x=hashlib.new(alg); p=0
    for a,b in sorted(ranges): x.update(d[p:a]); p=a+b
    x.update(d[p:]); return x.digest()
def make(fmt,img,build,*,alg='sha256',ranges=None,emb=None):
    """build(hash assertion)->store bytes; two or three passes until the size is stable"""
    E_=emb or EMB[fmt]; hv=bytes(hashlib.new(alg).digest_size); ex=[(1,1)]
    for _ in range(60):
        st=build(ex,hv); d,r=E_(img,st); nx=[r] if ranges is None else ranges(r,d)
        nh=excl_hash(d,nx,alg)
        if nx==ex and nh==hv: return d
        ex,hv=nx,nh
    raise SystemExit('unstable')
# ---- bmff -----------------------------------------------------------------
C2UUID=bytes.fromhex('d8fec3d61b0e483c92975828877ec481')
def bmff_boxes(d,p=0,e=None):
    e=len(d) if e is None else e; o=[]
    while p+8<=e:
        n=struct.unpack('>I',d[p:p+4])[0]; h_=8
        if n==1: n=struct.unpack('>Q',d[p+8:p+16])[0]; h_=16
        if n==0: n=e-p
        o.append((d[p+4:p+8].decode('latin1'),p,n,h_)); p+=n
    return o
def shift_iloc(d,by):
    d=bytearray(d)
    for t,p,n,h_ in bmff_boxes(bytes(d)):
        if t!='meta': continue
        for t2,p2,n2,h2 in bmff_boxes(bytes(d),p+h_+4,p+n):
            if t2!='iloc': continue
            q=p2+h2; ver=d[q]; q+=4; a,b=d[q],d[q+1]; q+=2; osz,lsz,bsz,isz=a>>4,a&15,b>>4,b&15
            if ver<2: cnt=struct.unpack('>H',d[q:q+2])[0]; q+=2
            else: cnt=struct.unpack('>I',d[q:q+4])[0]; q+=4
            rd=lambda q,s: int.from_bytes(d[q:q+s],'big') if s else 0
            for _ in range(cnt):
                q+=2 if ver<2 else 4
                cm=0
                if ver in(1,2): cm=struct.unpack('>H',d[q:q+2])[0]&15; q+=2
                q+=2; base=rd(q,bsz); bq=q; q+=bsz
                ec_=struct.unpack('>H',d[q:q+2])[0]; q+=2
                if cm==0 and bsz and base: d[bq:bq+bsz]=(base+by).to_bytes(bsz,'big')
                for _ in range(ec_):
                    if ver in(1,2) and isz: q+=isz
                    off=rd(q,osz)
                    if cm==0 and not(bsz and base): d[q:q+osz]=(off+by).to_bytes(osz,'big')
                    q+=osz+lsz
    return bytes(d)
EXCL=[{'xpath':'/uuid','data':[{'offset':8,'value':C2UUID}]},{'xpath':'/ftyp'},{'xpath':'/mfra'}]
def bmff_hash(d,alg='sha256',offs=True):
    x=hashlib.new(alg)
    for t,p,n,h_ in bmff_boxes(d):
        if t=='ftyp' or t=='mfra' or (t=='uuid' and d[p+8:p+24]==C2UUID): continue
        if offs: x.update(struct.pack('>Q',p))
        x.update(d[p:p+n])
    return x.digest()
def make_bmff(img,build,alg='sha256',label='c2pa.hash.bmff.v3',padding=64):
    hv=bytes(hashlib.new(alg).digest_size)
    for _ in range(4):
        a=cborA(label,{'exclusions':EXCL,'alg':alg,'hash':hv,'name':'bmff test'})
        st=build(a)
        u=struct.pack('>I',8+16+4+9+8+len(st)+padding)+b'uuid'+C2UUID+b'\0\0\0\0'+b'manifest\0'+bytes(8)+st+bytes(padding)
        t,p,n,_=bmff_boxes(img)[0]; assert t=='ftyp'
        d=shift_iloc(img[:n]+u+img[n:],len(u)) if True else 0
        nh=bmff_hash(d,alg)
        if nh==hv: return d
        hv=nh
    raise SystemExit('unstable')
# ---- boxes hash -------------------------------------------------------------
def jpeg_boxes(d):
    """(name,start,len) in file order"""
    names={0xc0:'SOF0',0xc1:'SOF1',0xc2:'SOF2',0xc4:'DHT',0xdb:'DQT',0xdd:'DRI',0xda:'SOS',0xfe:'COM'}
    o=[('SOI',0,2)]; p=2
    while p<len(d):
        m=d[p+1]
        if m==0xd9: o.append(('EOI',p,2)); p+=2; continue
        n=struct.unpack('>H',d[p+2:p+4])[0]+2
        nm=names.get(m) or ('APP%d'%(m-0xe0) if 0xe0<=m<=0xef else '%02X'%m)
        if m==0xeb and d[p+4:p+6]==b'JP': nm='C2PA'
        if m==0xda:
            q=p+n
            while not(d[q]==0xff and d[q+1]!=0 and not 0xd0<=d[q+1]<=0xd7): q+=1
            n=q-p
        if nm=='C2PA' and o[-1][0]=='C2PA': o[-1]=('C2PA',o[-1][1],o[-1][2]+n)
        else: o.append((nm,p,n))
        p+=n
    return o
def png_boxes(d):
    o=[('PNGh',0,8)]; p=8
    while p+8<=len(d):
        n,t=struct.unpack('>I4s',d[p:p+8]); o.append(('C2PA' if t==b'caBX' else t.decode(),p,n+12)); p+=n+12
    return o
def boxmap(d,boxes,group=True):
    out=[]; run=[]
    def flush():
        if run:
            a=run[0][1]; b=run[-1][1]+run[-1][2]; out.append({'names':[r[0] for r in run],'hash':h(d[a:b]),'pad':b''}); run.clear()
    for b in boxes:
        if b[0]=='C2PA': flush(); out.append({'names':['C2PA'],'hash':b'\0','pad':b''})
        else:
            run.append(b)
            if not group: flush()
    flush(); return {'alg':'sha256','boxes':out}
def make_boxes(fmt,img,build,group=True):
    bm={'alg':'sha256','boxes':[]}; f=jpeg_boxes if fmt=='jpeg' else png_boxes
    for _ in range(60):
        st=build(cborA('c2pa.hash.boxes',bm)); d,_r=EMB[fmt](img,st); nb=boxmap(d,f(d),group)
        if nb==bm: return d
        bm=nb
    raise SystemExit('unstable')
