"""Writes the samples; see README.md beside it."""
from c2w import *
import io, sys, brotli
from PIL import Image, ImageDraw
OUT='samples/'; os.makedirs(OUT,exist_ok=True)
import pathlib
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from picture import enc_img, pic
JS=enc_img(pic(3),'JPEG',quality=20)
J=enc_img(pic(0),'JPEG',quality=80); J2=enc_img(pic(3),'JPEG',quality=80)
P=enc_img(pic(1),'PNG'); W=enc_img(pic(2),'WEBP',quality=60); G=enc_img(pic(2).quantize(16),'GIF'); TF=enc_img(pic(0,(32,24)),'TIFF')
AV=enc_img(pic(1),'AVIF',quality=40)
import pillow_heif; pillow_heif.register_heif_opener(); HE=enc_img(pic(1),'HEIF',quality=40)
N=[0]
def lab(n=None):
    N[0]+=1; return 'urn:c2pa:'+str(U.uuid5(U.NAMESPACE_URL,n or 'aiguard-sample-%d'%N[0]))
S_=lambda n:Signer(n)
META={}
def put(name,data,note,**k): open(OUT+name,'wb').write(data); META[name]=dict(note=note,**k)
def simple(name,fmt,img,signer='es256',dst='trainedAlgorithmicMedia',note='',mk=None,acts=None,more=(),alg='sha256',emb=None,ranges=None,post=None,cosekw=None,**mkw):
    l=lab(name)
    def build(ex,hv):
        a=[acts or created(dst),*more,datahash(ex,hv,alg)]
        return store(M(l,S_(signer) if isinstance(signer,str) else signer,a,cosekw=cosekw,**mkw).build())
    d=make(fmt,img,build,alg=alg,emb=emb,ranges=ranges)
    if post: d=post(d)
    put(name,d,note); return d
# --- good ones: container x algorithm
simple('c01-jpeg-es256-v2-ai.jpg','jpeg',J,note='v2 claim, created trainedAlgorithmicMedia, ES256')
simple('c02-png-es384-capture.png','png',P,Signer('es384','es384'),'digitalCapture',note='created digitalCapture, ES384 by P-384')
simple('c33-jpeg-es256-on-p384.jpg','jpeg',J,Signer('es384','es256'),note='alg ES256 with a P-384 key: allowed by the spec, refused by the oracle')
simple('c03-webp-es512-composite.webp','webp',W,Signer('es512','es512'),'compositeWithTrainedAlgorithmicMedia',note='ES512 by P-521, WebP C2PA chunk')
simple('c04-gif-ed25519-digitalcreation.gif','gif',G,'ed25519','digitalCreation',note='EdDSA, GIF application extension')
simple('c05-tiff-ps256-ai.tif','tiff',TF,'ps256',note='PS256, TIFF tag 0xCD41 in own last IFD')
simple('c06-jpeg-ps384-sha384.jpg','jpeg',J,'ps384','algorithmicMedia',alg='sha384',note='PS384; data hash sha384; algorithmicMedia (not AI)')
simple('c07-jpeg-ps512-computational.jpg','jpeg',J,'ps512','computationalCapture',note='PS512')
simple('c08-jpeg-es384-on-p256.jpg','jpeg',J,Signer('es256','es384'),note='alg ES384 with a P-256 key: allowed by the spec, refused by the oracle')
l=lab('avif'); put('c09-avif-es256-bmffv3.avif',make_bmff(AV,lambda a:store(M(l,S_('es256'),[created('trainedAlgorithmicMedia'),a]).build())),'AVIF, uuid box, c2pa.hash.bmff.v3')
l2=lab('heic'); put('c10-heic-es256-bmffv2.heic',make_bmff(HE,lambda a:store(M(l2,S_('camera'),[created('computationalCapture','Test Camera'),a],gen={'name':'Test Camera','version':'2'}).build()),label='c2pa.hash.bmff.v2'),'HEIC, uuid box, c2pa.hash.bmff.v2')
# v1 claim
simple('c11-jpeg-v1claim.jpg','jpeg',J,acts=created('trainedAlgorithmicMedia',label='c2pa.actions',when=False),v=1,note='claim v1, actions v1, generator_info array')
l=lab('box'); put('c12-jpeg-boxhash.jpg',make_boxes('jpeg',J,lambda a:store(M(l,S_('es256'),[created('trainedAlgorithmicMedia'),a]).build())),'c2pa.hash.boxes, grouped')
l3=lab('boxp'); put('c13-png-boxhash-single.png',make_boxes('png',P,lambda a:store(M(l3,S_('es256'),[created('trainedAlgorithmicMedia'),a]).build()),group=False),'c2pa.hash.boxes, one entry a chunk')
# multi-segment store
import random; rnd=random.Random(7)
simple('c14-jpeg-multisegment.jpg','jpeg',J,more=[fileA('c2pa.thumbnail.claim','image/jpeg',J)],emb=lambda d,s:emb_jpeg(d,s,size=1500),note='store spread over several APP11 segments of 1500 bytes')
# ingredient, Google-like order and relative URIs
def ingredient_v3(inner,rel='parentOf',res='std',lbl='c2pa.ingredient.v3',mhash=None,shash=None,man=None,**k):
    d={'relationship':rel,'dc:title':'parent.jpg','dc:format':'image/jpeg'}
    if res=='std': d['validationResults']={'activeManifest':{'success':[{'code':c,'url':f'self#jumbf=/c2pa/{inner.label}/c2pa.signature'} for c in('signingCredential.trusted','claimSignature.insideValidity','claimSignature.validated')],'informational':[],'failure':[]}}
    d['activeManifest']={'url':f'self#jumbf=/c2pa/{man or inner.label}','alg':'sha256','hash':mhash or boxhash(inner.box)}
    d['claimSignature']={'url':f'self#jumbf=/c2pa/{man or inner.label}/c2pa.signature','alg':'sha256','hash':shash or boxhash(inner.sigbox)}
    d.update(k); return cborA(lbl,d)
def opened(ing,extra=(),lbl='c2pa.ingredient.v3',**k):
    return cborA('c2pa.actions.v2',{'actions':[{'action':'c2pa.opened','parameters':{'ingredients':[{'url':'self#jumbf=c2pa.assertions/'+lbl,'hash':boxhash(ing[1])}]}},*extra],**k})
def inner(name,dst='trainedAlgorithmicMedia',signer='es256',**k):
    m=M(lab(name),S_(signer),[created(dst),datahash([(20,100)],bytes(range(32)))],**k); m.build(); return m
def withparent(name,note,inn=None,ingkw=None,outkw=None,fmt='jpeg',img=None,edit=None,storekw=None,extra_manifests=(),inner_after=False,ing_fn=None):
    inn=inn or inner(name+'-in',order='google',relsig=True); lo=lab(name+'-out')
    ing=(ing_fn or ingredient_v3)(inn,**(ingkw or {}))
    act=opened(ing,edit or [{'action':'c2pa.edited','description':'Added visible watermark','digitalSourceType':DST+'composite'},{'action':'c2pa.converted'}])
    def build(ex,hv):
        o=M(lo,S_('es256'),[ing,act,datahash(ex,hv)],**(outkw or dict(order='google',relsig=True)))
        return store(inn.box,*extra_manifests,o.build()) if not inner_after else store(o.build(),inn.box)
    put(name,make(fmt,img or J,build),note)
withparent('c15-jpeg-parent-ai.jpg','AI statement only in the parentOf ingredient; signature-claim-assertions order, relative signature URI (Google style)')
# component + placed
inn=inner('c16-in'); ing=ingredient_v3(inn,'componentOf'); lo=lab('c16')
act=cborA('c2pa.actions.v2',{'actions':[{'action':'c2pa.created','digitalSourceType':DST+'digitalCreation'},{'action':'c2pa.placed','parameters':{'ingredients':[{'url':'self#jumbf=c2pa.assertions/c2pa.ingredient.v3','hash':boxhash(ing[1])}]}}]})
put('c16-png-component-ai.png',make('png',P,lambda ex,hv:store(inn.box,M(lo,S_('es256'),[act,ing,datahash(ex,hv)]).build())),'digitalCreation with a placed AI component')
# inputTo: camera photo as input of AI
inn17=inner('c17-in','digitalCapture','camera'); ing17=ingredient_v3(inn17,'inputTo'); lo17=lab('c17')
act17=cborA('c2pa.actions.v2',{'actions':[{'action':'c2pa.created','softwareAgent':{'name':'TestGen'},'digitalSourceType':DST+'trainedAlgorithmicMedia','parameters':{'ingredients':[{'url':'self#jumbf=c2pa.assertions/c2pa.ingredient.v3','hash':boxhash(ing17[1])}]}}]})
put('c17-jpeg-inputto-capture.jpg',make('jpeg',J,lambda ex,hv:store(inn17.box,M(lo17,S_('es256'),[act17,ing17,datahash(ex,hv)]).build())),'AI output, a captured photo as inputTo ingredient: not a photo')
simple('c18-png-gathered-ai.png','png',P,gathered=('c2pa.actions.v2',),note='AI action in gathered_assertions (not attributed to the signer)')
simple('c19-jpeg-strings.jpg','jpeg',J,acts=created('trainedAlgorithmicMedia','Some Generator',strings=True),note='softwareAgent as string and when without tag 0 in actions.v2')
simple('c20-jpeg-unprot-x5chain.jpg','jpeg',J,cosekw=dict(x5='str',bucket='unprot'),note='old style: text label x5chain in the unprotected bucket')
simple('c21-jpeg-indefinite.jpg','jpeg',J,claimraw=lambda c:enc(Indef(c)),note='claim as indefinite-length CBOR map')
simple('c22-jpeg-sigtst2.jpg','jpeg',J,'expired',cosekw=dict(ts=('sigTst2','tsa','2023-06-01 12:00:00'),pad=0),note='leaf expired 2024-01-01; trusted RFC 3161 sigTst2 of 2023-06-01') 
simple('c23-jpeg-sigtst1.jpg','jpeg',J,'expired',cosekw=dict(ts=('sigTst','tsa','2023-06-01 12:00:00'),pad=0),note='the same with sigTst (v1, over the claim)')
simple('c24-jpeg-smime-eku.jpg','jpeg',J,'smime',note='leaf with emailProtection EKU only')
simple('c25-jpeg-unknown-signer.jpg','jpeg',J,'unknown',note='chain to a root nobody trusts: Valid, not Trusted')
simple('c26-jpeg-two-exclusions.jpg','jpeg',J,ranges=lambda r,d:[(6,4),r],note='second exclusion range (inside JFIF): additionalExclusionsPresent')
# salted boxes, update manifest, compressed, redaction
simple('c27-jpeg-salted.jpg','jpeg',J,acts=(lambda a:(a[0],sup(ty('cbor'),a[0],a[1][8+struct.unpack('>I',a[1][8:12])[0]:],salt=bytes(range(16)))))(created('trainedAlgorithmicMedia')),note='c2sh salt in the description box')
def update(name,note,bad=False,two=False):
    base=lab(name+'-base'); lo=lab(name+'-up')
    def build(ex,hv):
        b=M(base,S_('camera'),[created('digitalCapture','Test Camera'),datahash(ex,hv)]); b.build()
        ing=ingredient_v3(b)
        acts=[opened(ing,[{'action':'c2pa.edited.metadata'}] if not bad else [{'action':'c2pa.edited'}])]
        return store(b.box,M(lo,S_('es256'),[ing]+acts,kind='c2um').build())
    put(name,make('jpeg',J,build),note)
update('c28-jpeg-update-manifest.jpg','c2um update manifest over a digitalCapture manifest')
def compressed(name,note,bomb=False,junk=False):
    l=lab(name)
    def emb(d,s): return emb_png(d,s)
    bm={'alg':'sha256','boxes':[]}
    def build(a):
        m=M(l,S_('es256'),[created('trainedAlgorithmicMedia'),a]); mb=m.build()
        raw=mb if not junk else b'junk'*50
        return store(sup(ty('c2cm'),l,box('brob',brotli.compress(raw if not bomb else raw+bytes(64<<20)))))
    put(name,make_boxes('png',P,build),note)
compressed('c29-png-compressed.png','compressed manifest (c2cm, brob), box hash')
def redact(name,note,how='zero',own=False,hard=False,action=False):
    ex_=jsonA('c2pa.metadata','{"@context":{"exif":"http://ns.adobe.com/exif/1.0/"},"exif:GPSLatitude":"39,21.102N"}')
    il=lab(name+'-in'); m=M(il,S_('camera'),[created('digitalCapture','Test Camera'),ex_,datahash([(20,100)],bytes(range(32)))]); m.build()
    ing0=ingredient_v3(m)
    target='c2pa.metadata'
    if action: target='c2pa.actions.v2'
    asr=[(a,b) for a,b in m.assertions]
    new=[]
    for a,b in asr:
        if a==target:
            if how=='zero': new.append(sup(ty('uuid'),a,box('uuid',REDACT+bytes(8))))
            elif how=='keep': new.append(b)
        else: new.append(b)
    st=sup(ty('c2as'),'c2pa.assertions',*new)
    old=sup(ty('c2as'),'c2pa.assertions',*[b for _,b in asr])
    rb=m.box[8:].replace(old,st); rb=struct.pack('>I',len(rb)+8)+b'jumb'+rb
    lo=lab(name+'-out'); uri=f'self#jumbf=/c2pa/{il}/c2pa.assertions/{target}'
    def build(exr,hv):
        acts=opened(ing0,[{'action':'c2pa.redacted','reason':'c2pa.PII.present','parameters':{'redacted':uri}}])
        o=M(lo,S_('es256'),[ing0,acts,datahash(exr,hv)],redacted=[uri] if not own else [f'self#jumbf=/c2pa/{lo}/c2pa.assertions/c2pa.actions.v2'])
        return store(rb,o.build())
    put(name,make('jpeg',J,build),note)
redact('c30-jpeg-redacted.jpg','c2pa.metadata of the parent redacted (zeroed uuid box)')
redact('c31-jpeg-redacted-removed.jpg','the same, assertion box removed',how='drop')
put('c32-jpeg-sidecar.c2pa',(lambda l:store(M(l,S_('es256'),[created('trainedAlgorithmicMedia'),datahash([],bytes(32))]).build()))(lab('side')),'bare store (sidecar), no asset')
# --- bad ones
C1=open(OUT+'c01-jpeg-es256-v2-ai.jpg','rb').read()
def flip(d,i,x=1): return d[:i]+bytes([d[i]^x])+d[i+1:]
put('f01-jpeg-pixel-changed.jpg',flip(C1,len(C1)-40),'one byte of the entropy-coded data changed')
put('f02-jpeg-store-cut.jpg',(lambda d:d[:jpeg_pos(d)]+(lambda s:b'\xff\xeb'+struct.pack('>H',len(s)+2)+s)(d[jpeg_pos(d)+4:jpeg_pos(d)+4+900])+d[jpeg_pos(d)+2+struct.unpack('>H',d[jpeg_pos(d)+2:jpeg_pos(d)+4])[0]:])(C1),'APP11 segment shortened to 900 bytes')
simple('f03-jpeg-assertion-hash.jpg','jpeg',J,uris={'c2pa.actions.v2':lambda l,b:{'url':'self#jumbf=c2pa.assertions/'+l,'hash':h(b'other')}},note='hashed URI of the actions assertion wrong (signed so)')
simple('f04-jpeg-signature-wrong.jpg','jpeg',J,cosekw=dict(tamper=lambda s:s[:-1]+bytes([s[-1]^1])),note='one bit of the signature changed')
put('f05-jpeg-claim-changed.jpg',C1.replace(b'AIGuard Test Writer',b'AIGuard Best Writer',1),'one letter of the claim changed after signing')
put('f06-jpeg-action-changed.jpg',C1.replace(b'digitalsourcetype/trainedAlgorithmicMedia',b'digitalsourcetype/trainedAlgorithmicMedla',1),'one letter of the actions assertion changed after signing')
simple('f07-jpeg-expired.jpg','jpeg',J,'expired',note='leaf expired 2024-01-01, no time-stamp')
simple('f08-jpeg-notyetvalid.jpg','jpeg',J,'future',note='leaf valid from 2040')
simple('f09-jpeg-wrong-eku.jpg','jpeg',J,'wrongeku',note='leaf with serverAuth EKU only')
simple('f10-jpeg-any-eku.jpg','jpeg',J,'anyeku',note='leaf with anyExtendedKeyUsage')
simple('f11-jpeg-ca-signs.jpg','jpeg',J,'caleaf',note='CA certificate signs the claim')
simple('f12-jpeg-selfsigned.jpg','jpeg',J,'selfsigned',note='self-signed leaf without AKI')
# cycle: A names B, B names A (hashes cannot be honest)
la,lb=lab('cycA'),lab('cycB')
def cyc(ex,hv):
    class D: pass
    fa=D(); fa.label=la; fa.box=b'x'*20; fa.sigbox=b'y'*20
    b=M(lb,S_('es256'),[ingredient_v3(fa,'parentOf'),opened(ingredient_v3(fa,'parentOf')),datahash([(20,100)],bytes(32))]); b.build()
    i=ingredient_v3(b,'parentOf'); a=M(la,S_('es256'),[i,opened(i),datahash(ex,hv)]); return store(b.box,a.build())
put('f13-jpeg-cyclic.jpg',make('jpeg',J,cyc),'ingredients A -> B -> A')
def selfc(ex,hv):
    class D: pass
    l=la+':self'; fa=D(); fa.label=l; fa.box=b'x'*20; fa.sigbox=b'y'*20
    i=ingredient_v3(fa); return store(M(l,S_('es256'),[i,opened(i),datahash(ex,hv)]).build())
put('f14-jpeg-selfcycle.jpg',make('jpeg',J,selfc),'manifest that is its own parent')
i0=C1.index(b'jumb',jpeg_pos(C1)+20)
put('f15-jpeg-huge-box.jpg',C1[:i0-4]+b'\x7f\xff\xff\xff'+C1[i0:],'manifest superbox declares 2 GiB (its own header is in no hash)')
k0=jpeg_pos(C1)+12
put('f61-jpeg-huge-store.jpg',C1[:k0]+b'\x7f\xff\xff\xff'+C1[k0+4:],'the store itself declares 2 GiB in LBox')
i1=C1.index(b'cbor',C1.index(b'c2pa.actions.v2'))
put('f16-jpeg-cbor-huge-length.jpg',(lambda p:C1[:p]+b'\xbb\xff\xff\xff\xff\xff\xff\xff\xff'+C1[p+9:])(i1+4),'assertion CBOR declares a map of 2^64-1 entries')
def nest(n):
    b=sup(ty('json'),'deep',box('json',b'{}'))
    for i in range(n): b=sup(ty('c2as'),'d%d'%i,b)
    return b
put('f17-jpeg-deep-jumbf.jpg',(lambda ln:make('jpeg',J,lambda ex,hv:store(M(ln,S_('es256'),[created('trainedAlgorithmicMedia'),datahash(ex,hv)],extra=(nest(40),)).build())))(lab('deep')),'40 nested superboxes inside the manifest')
put('f18-png-two-stores.png',(lambda d:d[:33]+chunk(b'caBX',d[41:41+struct.unpack('>I',d[33:37])[0]])+d[33:])(open(OUT+'c18-png-gathered-ai.png','rb').read()),'two caBX chunks')
simple('f19-jpeg-assertion-missing.jpg','jpeg',J,more=[cborA('c2pa.test',{'a':1})],store_patch=lambda a:sup(ty('c2as'),'c2pa.assertions',*[b for l,b in a if l!='c2pa.test']),note='claimed assertion absent from the store')
simple('f20-jpeg-undeclared.jpg','jpeg',J,more=[cborA('c2pa.test',{'a':1})],uris={'c2pa.test':lambda l,b:None},note='assertion in the store that the claim does not list')
simple('f21-jpeg-two-claims.jpg','jpeg',J,twoclaims=True,note='two claim boxes')
simple('f22-jpeg-no-claim.jpg','jpeg',J,noclaim=True,note='no claim box')
simple('f23-jpeg-no-signature.jpg','jpeg',J,nosig=True,note='no signature box')
put('f24-jpeg-no-hardbinding.jpg',(lambda l:emb_jpeg(J,store(M(l,S_('es256'),[created('trainedAlgorithmicMedia')]).build()))[0])(lab('nohb')),'no hard binding')
simple('f25-jpeg-two-hardbindings.jpg','jpeg',J,more=[cborA('c2pa.hash.data__1',{'alg':'sha256','hash':bytes(32),'pad':b''})],note='two hard bindings')
R=Signer('ps256','rs256')
simple('f26-jpeg-rs256.jpg','jpeg',J,R,note='alg RS256 (-257): not allowed')
simple('f27-jpeg-sha1-uri.jpg','jpeg',J,uris={'c2pa.actions.v2':lambda l,b:{'url':'self#jumbf=c2pa.assertions/'+l,'alg':'sha1','hash':hashlib.sha1(b[8:]).digest()}},note='hashed URI with sha1')
simple('f28-jpeg-no-alg.jpg','jpeg',J,alg_none=None,note='') if False else None
def noalg(c): c.pop('alg')
simple('f28-jpeg-no-alg.jpg','jpeg',J,claim_patch=noalg,note='no alg anywhere for the hashed URIs')
def dup(c): return c
simple('f29-jpeg-duplicate-labels.jpg','jpeg',J,store_patch=lambda a:sup(ty('c2as'),'c2pa.assertions',*([b for _,b in a]+[created('digitalCapture')[1]])),note='two boxes labelled c2pa.actions.v2: the signed AI one first, a forged capture one last')
simple('f30-jpeg-attached-same.jpg','jpeg',J,note='',cosekw=None) if False else None
def attached(name,note,forge):
    l=lab(name)
    def build(ex,hv):
        a=[created('digitalCapture'),datahash(ex,hv)]
        m=M(l,S_('es256'),a); m.build()
        real=m.claimbytes
        other=enc({'note':'this is what was signed'})
        m=M(l,S_('es256'),a,cosekw=dict(payload=other if forge else real,signed=other if forge else real)); return store(m.build())
    put(name,make('jpeg',J,build),note)
attached('f30-jpeg-attached-same.jpg','COSE payload attached, equal to the claim',False)
attached('f31-jpeg-attached-forged.jpg','COSE payload attached and signed, but not the claim',True)
simple('f32-jpeg-exclusion-beyond.jpg','jpeg',J,ranges=lambda r,d:[(r[0],len(d))],note='exclusion range beyond the end of the file') if False else None
def beyond(name,note):
    l=lab(name)
    st=lambda ln:store(M(l,S_('es256'),[created('trainedAlgorithmicMedia'),datahash([(20,ln)],bytes(32))]).build())
    d,_=emb_jpeg(J,st(999999)); put(name,d,note)
beyond('f32-jpeg-exclusion-beyond.jpg','exclusion range reaches beyond the end of the file')
def wide(name,note):
    l=lab(name); q=None
    d=make('jpeg',J,lambda ex,hv:store(M(l,S_('es256'),[created('digitalCapture'),datahash(ex,hv)]).build()),ranges=lambda r,d:[(r[0],len(d)-r[0]-2)])
    a=jpeg_pos(J); seglen=len(d)-len(J); tail=JS[jpeg_pos(JS):]
    # swap in another picture of exactly the same byte length (padded with a COM segment)
    need=(len(d)-2)-(a+seglen); t2=tail[:-2]
    if len(t2)>need: raise SystemExit('too long')
    gap=need-len(t2)
    com=b'' if gap==0 else (b'\xff\xfe'+struct.pack('>H',gap-2)+bytes(gap-4))
    assert gap==0 or gap>=4
    put(name,d[:a+seglen]+com+t2+d[-2:],note)
wide('f33-jpeg-wide-exclusion.jpg','ONE exclusion that covers the store and all pixels; the picture was exchanged afterwards (spec: dataHash.mismatch)')
def second(name,note):
    l=lab(name)
    d=make('jpeg',J,lambda ex,hv:store(M(l,S_('es256'),[created('digitalCapture'),datahash(ex,hv)]).build()),ranges=lambda r,d:[r,(r[0]+r[1]+300,len(d)-r[0]-r[1]-310)])
    d=bytearray(d)
    for i in range(20,80): d[-i]=(d[-i]^0x2a) if d[-i]!=0xff and d[-i-1]!=0xff and (d[-i]^0x2a)!=0xff else d[-i]
    put(name,bytes(d),note)
second('f62-jpeg-second-exclusion.jpg','second exclusion range covers pixel data, pixels changed afterwards (spec: dataHash.mismatch; oracle: Trusted)')
simple('f34-jpeg-both-buckets.jpg','jpeg',J,cosekw=dict(bucket='both'),note='x5chain in protected and unprotected bucket')
def selfred(name,note):
    l=lab(name)
    def build(ex,hv):
        return store(M(l,S_('es256'),[created('trainedAlgorithmicMedia'),cborA('c2pa.test',{'a':1}),datahash(ex,hv)],redacted=[f'self#jumbf=/c2pa/{l}/c2pa.assertions/c2pa.test']).build())
    put(name,make('jpeg',J,build),note)
selfred('f35-jpeg-selfredacted.jpg','claim redacts its own assertion')
redact('f36-jpeg-notredacted.jpg','assertion declared redacted but still there',how='keep')
redact('f37-jpeg-redacted-action.jpg','actions assertion redacted (forbidden)',action=True,how='drop')
withparent('f38-jpeg-ingredient-missing.jpg','ingredient manifest not in the store',ingkw=dict(man='urn:c2pa:00000000-0000-4000-8000-000000000000'))
withparent('f39-jpeg-ingredient-mismatch.jpg','hash of the ingredient manifest and signature wrong',ingkw=dict(mhash=bytes(32),shash=bytes(32)))
i2=inner('f40-b'); 
def twoparents(ex,hv):
    ia=inner('f40-a'); A=ingredient_v3(ia); B=ingredient_v3(i2,lbl='c2pa.ingredient.v3__1'); return store(ia.box,i2.box,M(lab('f40-o'),S_('es256'),[A,B,opened(A),datahash(ex,hv)]).build())
put('f40-jpeg-two-parents.jpg',make('jpeg',J,twoparents),'two parentOf ingredients')
simple('f41-jpeg-created-second.jpg','jpeg',J,acts=cborA('c2pa.actions.v2',{'actions':[{'action':'c2pa.edited'},{'action':'c2pa.created','digitalSourceType':DST+'digitalCapture'}]}),note='c2pa.created is not the first action')
simple('f42-jpeg-opened-no-ingredient.jpg','jpeg',J,acts=cborA('c2pa.actions.v2',{'actions':[{'action':'c2pa.opened'}]}),note='c2pa.opened without ingredient')
simple('f43-jpeg-claim-not-cbor.jpg','jpeg',J,claimraw=lambda c:b'\xff\xff not cbor',note='claim is not CBOR (signed)')
simple('f44-jpeg-duplicate-keys.jpg','jpeg',J,claimraw=lambda c:enc(Pairs(list(c.items())+[('claim_generator_info',{'name':'Forged Name'})])),note='claim map with claim_generator_info twice (signed)')
simple('f45-jpeg-trailing-cbor.jpg','jpeg',J,claimraw=lambda c:enc(c)+b'\x00',note='one byte after the claim item (signed)')
put('f46-jpeg-pasted-store.jpg',(lambda st:emb_jpeg(J2,st)[0])(C1[jpeg_pos(C1)+12:jpeg_pos(C1)+2+struct.unpack('>H',C1[jpeg_pos(C1)+2:jpeg_pos(C1)+4])[0]]),'store of c01 pasted into another picture')
d14=open(OUT+'c14-jpeg-multisegment.jpg','rb').read()
def zgap(d):
    p=jpeg_pos(d); n=struct.unpack('>H',d[p+2:p+4])[0]; q=p+2+n; return d[:q+8]+struct.pack('>I',7)+d[q+12:]
put('f47-jpeg-z-gap.jpg',zgap(d14),'packet sequence number of the second segment is 7')
def swap(d):
    p=jpeg_pos(d); n=2+struct.unpack('>H',d[p+2:p+4])[0]; q=p+n; m=2+struct.unpack('>H',d[q+2:q+4])[0]; return d[:p]+d[q:q+m]+d[p:q]+d[q+m:]
put('f48-jpeg-segments-swapped.jpg',swap(d14),'first two APP11 segments exchanged')
simple('f49-jpeg-tst-untrusted.jpg','jpeg',J,'expired',cosekw=dict(ts=('sigTst2','tsa2','2023-06-01 12:00:00'),pad=0),note='expired leaf, time-stamp by a TSA nobody trusts')
simple('f50-jpeg-tst-mismatch.jpg','jpeg',J,'expired',cosekw=dict(ts=('sigTst2','tsa','2023-06-01 12:00:00','wrong'),pad=0),note='expired leaf, time-stamp over other data')
simple('f51-jpeg-tst-outside.jpg','jpeg',J,'expired',cosekw=dict(ts=('sigTst2','tsa','2024-06-01 12:00:00'),pad=0),note='trusted time-stamp after the leaf had expired')
def rel(name,note,r): withparent(name,note,ingkw=dict(rel=r))
rel('f52-jpeg-bad-relationship.jpg','ingredient relationship childOf','childOf')
update('f53-jpeg-update-bad-action.jpg','update manifest with c2pa.edited',bad=True)
compressed('f54-png-brotli-bomb.png','compressed manifest that expands to 64 MiB',bomb=True)
compressed('f55-png-compressed-junk.png','compressed manifest that is not a manifest',junk=True)
b9=open(OUT+'c09-avif-es256-bmffv3.avif','rb').read()
put('f56-avif-pixel-changed.avif',flip(b9,len(b9)-20),'one byte of mdat changed')
put('f57-avif-unknown-purpose.avif',(lambda i:b9[:i]+b'manifezt\0'+b9[i+9:])(b9.index(b'manifest\0')),'box_purpose unknown')
simple('f58-jpeg-untagged-cose.jpg','jpeg',J,cosekw=dict(tag=False),note='COSE_Sign1 without tag 18')
simple('f59-jpeg-missing-name.jpg','jpeg',J,claim_patch=lambda c:{**c,'claim_generator_info':{'version':'1'}},note='claim_generator_info without name')
simple('f60-jpeg-label-traversal.jpg','jpeg',J,uris={'c2pa.actions.v2':lambda l,b:{'url':'self#jumbf=/c2pa/urn:c2pa:other/../c2pa.assertions/'+l,'hash':boxhash(b)}},note='assertion URI that leaves the manifest')
json_=__import__('json'); json_.dump(META,open('notes.json','w'),indent=1)
print(len(META),sum(os.path.getsize(OUT+n) for n in META))
