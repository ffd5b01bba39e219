"""Makes the files of this folder and what is expected of them.

    python make.py

with Pillow 13.0 and pillow-heif. The pictures are computed gradients. Expectations are definitions by this
script, not measurements: what it wrote into a file. Some files of the same kind are left out here (`KEPT`).

Not obvious: the web UI writes UTF-16 big-endian into a user comment whatever the order of the TIFF structure is, SwarmUI
little-endian; Midjourney writes UTF-8 and XMP into `tEXt`; SaveImagePlus puts the user comment into the first directory.
"""

import base64, gzip, hashlib, io, json, os, struct, zlib
from PIL import Image

from picture import enc_img, pic

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "")
KEPT = set(json.load(open(OUT + "expected.json")))
DST = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def jpeg_pos(d):
    return 4 + struct.unpack(">H", d[4:6])[0] if d[2:4] == b"\xff\xe0" else 2


def chunk(t, b):
    return struct.pack(">I", len(b)) + t + b + struct.pack(">I", zlib.crc32(t + b))


J=enc_img(pic(4),'JPEG',quality=80); P=enc_img(pic(5),'PNG'); W=enc_img(pic(6),'WEBP',quality=60); G=enc_img(pic(2).quantize(16),'GIF')
EXP={}
def put(n,d,note,tool=None,fields=None,camera=None,dst=None,other=None):
    if n not in KEPT: return
    open(OUT+n,'wb').write(d)
    EXP[n]={'note':note,'generator':tool,'fields':fields or {}}
    if camera is not None: EXP[n]['camera']=camera
    if dst is not None: EXP[n]['digitalSourceTypes']=dst
def png(*chunks,after=(),img=P):
    a=img[:33]+b''.join(chunks)+img[33:]
    if after: a=a[:-12]+b''.join(after)+a[-12:]
    return a
tx=lambda k,v:chunk(b'tEXt',k.encode('latin1')+b'\0'+(v.encode('latin1') if isinstance(v,str) else v))
itx=lambda k,v,z=False:chunk(b'iTXt',k.encode()+b'\0'+bytes([1 if z else 0,0])+b'\0\0'+(zlib.compress(v.encode()) if z else v.encode()))
ztx=lambda k,v:chunk(b'zTXt',k.encode()+b'\0\0'+zlib.compress(v if isinstance(v,bytes) else v.encode('latin1')))
def tiff(ifd0,exif=(),e='<',gps=(),odd=False,extra=b''):
    """entries (tag,type,value bytes or ints)"""
    SZ={1:1,2:1,3:2,4:4,5:8,7:1,9:4,10:8}
    def val(t,v):
        if isinstance(v,bytes): return v,len(v)//SZ[t]
        v=[v] if not isinstance(v,list) else v
        if t==3: return b''.join(struct.pack(e+'H',x) for x in v),len(v)
        if t==4: return b''.join(struct.pack(e+'I',x) for x in v),len(v)
        if t in(5,10): return b''.join(struct.pack(e+('II' if t==5 else 'ii'),*x) for x in v),len(v)
    def dirb(ent,base,nxt=0):
        n=len(ent); head=struct.pack(e+'H',n); body=b''; off=base+2+12*n+4; data=b''
        for tag,t,v in sorted(ent,key=lambda x:x[0]):
            b,c=val(t,v)
            if len(b)<=4: body+=struct.pack(e+'HHI',tag,t,c)+b.ljust(4,b'\0')
            else:
                body+=struct.pack(e+'HHII',tag,t,c,off+len(data)); data+=b+(b'\0' if len(b)&1 else b'')
        return head+body+struct.pack(e+'I',nxt)+data
    base=8
    ifd0=list(ifd0)
    if exif:
        d0=dirb(ifd0+[(0x8769,4,0)],base); d0=dirb(ifd0+[(0x8769,4,base+len(d0))],base)
        return (b'II*\0' if e=='<' else b'MM\0*')+struct.pack(e+'I',base)+d0+dirb(list(exif),base+len(d0))
    return (b'II*\0' if e=='<' else b'MM\0*')+struct.pack(e+'I',base)+dirb(ifd0,base)
S=lambda s:(s if isinstance(s,bytes) else s.encode())+b'\0'
def seg(m,b): return b'\xff'+bytes([m])+struct.pack('>H',len(b)+2)+b
def jexif(t,img=J,first=False,tail=b'',more=b''):
    p=jpeg_pos(img) if not first else 2
    return img[:p]+(seg(0xe1,b'Exif\0\0'+t) if t else b'')+more+img[p:]+tail
def wexif(t=None,xmp=None,img=W):
    w=struct.unpack('<H',img[26:28])[0]&0x3fff; hh=struct.unpack('<H',img[28:30])[0]&0x3fff
    fl=(8 if t else 0)|(4 if xmp else 0)
    body=b'VP8X'+struct.pack('<I',10)+bytes([fl,0,0,0])+struct.pack('<I',w-1)[:3]+struct.pack('<I',hh-1)[:3]+img[12:]
    for c,b in((b'EXIF',t),(b'XMP ',xmp)):
        if b: body+=c+struct.pack('<I',len(b))+b+(b'\0' if len(b)&1 else b'')
    return b'RIFF'+struct.pack('<I',len(body)+4)+b'WEBP'+body
UC=lambda s,enc='utf-16-be',pre=b'UNICODE\0':pre+s.encode(enc)
A='a photo of a red cube on a table, 35mm\nNegative prompt: blurry, low quality\nSteps: 20, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7, Seed: 1234567890, Size: 64x48, Model hash: 0123456789, Model: testModel_v1'
AF=dict(prompt='a photo of a red cube on a table, 35mm',negativePrompt='blurry, low quality',steps=20,sampler='Euler a',cfgScale=7,seed=1234567890,size='64x48',modelHash='0123456789',model='testModel_v1')
put('m01-a1111.png',png(tx('parameters',A+', Version: v1.10.1')),'A1111, tEXt parameters','stable-diffusion-webui',dict(AF,version='v1.10.1'))
put('m02-a1111-usercomment.jpg',jexif(tiff([],[(0x9286,7,UC(A+', Version: v1.10.1'))],e='>')),'A1111 JPEG: UserComment UNICODE, UTF-16BE, big-endian TIFF','stable-diffusion-webui',dict(AF,version='v1.10.1'))
put('m03-a1111-be-in-le.webp',wexif(tiff([],[(0x9286,7,UC(A+', Version: v1.10.1'))],e='<')),'WebP EXIF little-endian, UserComment UTF-16BE','stable-diffusion-webui',dict(AF,version='v1.10.1'))
put('m04-forge-itxt.png',png(itx('parameters',A.replace('red cube','テスト cube')+', Version: f2.0.1v1.10.1-previous-669-gdfdcbab6')),'Forge, iTXt with Japanese','forge',dict(AF,prompt='a photo of a テスト cube on a table, 35mm',version='f2.0.1v1.10.1-previous-669-gdfdcbab6'))
put('m05-sdnext.png',png(tx('parameters',A.replace(', Model hash',', App: SD.Next, Version: 56a8aea, Pipeline: StableDiffusionXLPipeline, Operations: txt2img, Model hash'))),'SD.Next','sd.next',AF)
put('m06-a1111-quoted.png',png(tx('parameters',A+', Lora hashes: "a: 1111, b: 2222", Hashes: {"model": "0123"}, ADetailer version: 24.1.2, Version: v1.9.4')),'values with commas and quotes; ADetailer version must not be taken for Version','stable-diffusion-webui',dict(AF,version='v1.9.4'))
put('m07-a1111-ztxt.png',png(ztx('parameters',A+', Version: v1.10.1')),'zTXt','stable-diffusion-webui',dict(AF,version='v1.10.1'))
put('m08-a1111-after-idat.png',png(after=[tx('parameters',A+', Version: v1.10.1')]),'text chunk after IDAT','stable-diffusion-webui',dict(AF,version='v1.10.1'))
put('m09-ztxt-bomb.png',png(ztx('parameters',bytes(64<<20))),'zTXt that expands to 64 MiB: must be refused or capped',None,None)
graph={"3":{"class_type":"KSampler","inputs":{"seed":42,"steps":20,"cfg":8.0,"sampler_name":"euler","scheduler":"normal","denoise":1.0,"model":["4",0],"positive":["6",0],"negative":["7",0],"latent_image":["5",0]}},"4":{"class_type":"CheckpointLoaderSimple","inputs":{"ckpt_name":"test.safetensors"}},"5":{"class_type":"EmptyLatentImage","inputs":{"width":64,"height":48,"batch_size":1}},"6":{"class_type":"CLIPTextEncode","inputs":{"text":"a red cube","clip":["4",1]}},"7":{"class_type":"CLIPTextEncode","inputs":{"text":"blurry","clip":["4",1]}},"8":{"class_type":"VAEDecode","inputs":{"samples":["3",0],"vae":["4",2]}},"9":{"class_type":"SaveImage","inputs":{"filename_prefix":"t","images":["8",0]}}}
wf={"last_node_id":9,"last_link_id":9,"nodes":[{"id":9,"type":"SaveImage"}],"links":[],"version":0.4}
CF=dict(prompt='a red cube',negativePrompt='blurry',seed=42,steps=20,cfgScale=8.0,sampler='euler',scheduler='normal',model='test.safetensors',size='64x48')
put('m10-comfyui.png',png(tx('prompt',json.dumps(graph)),tx('workflow',json.dumps(wf))),'ComfyUI prompt + workflow','comfyui',CF)
put('m11-comfyui-make-model.webp',wexif(tiff([(0x10f,2,S('workflow:'+json.dumps(wf))),(0x110,2,S('prompt:'+json.dumps(graph)))],e='>')),'ComfyUI Save Animated WEBP: workflow in EXIF Make, prompt in Model – NOT a camera','comfyui',CF,camera={'grade':0})
put('m12-comfyui-ifd0-usercomment.jpg',jexif(tiff([(0x9286,2,S(json.dumps({'prompt':graph,'workflow':wf})))],e='>')),'Save Image Plus: UserComment in IFD0, type ASCII, no prefix','comfyui',CF)
nan=json.dumps(graph).replace('"denoise": 1.0','"denoise": NaN')
put('m13-comfyui-nan.png',png(tx('prompt',nan)),'graph JSON with NaN','comfyui',CF)
cyc=json.loads(json.dumps(graph)); cyc['6']={"class_type":"Reroute","inputs":{"in":["10",0]}}; cyc['10']={"class_type":"Reroute","inputs":{"in":["6",0]}}
put('m14-comfyui-cycle.png',png(tx('prompt',json.dumps(cyc))),'graph with a cycle 6 <-> 10','comfyui',dict(CF,prompt=None))
put('m15-comfyui-workflow-only.png',png(tx('workflow',json.dumps(wf))),'workflow only','comfyui',{})
inv={"generation_mode":"sdxl_txt2img","positive_prompt":"a red cube","negative_prompt":"blurry","width":64,"height":48,"seed":7,"cfg_scale":6.0,"steps":24,"scheduler":"euler_a","model":{"name":"testModel","hash":"blake3:00","base":"sdxl"},"app_version":"5.0.0"}
put('m16-invokeai.png',png(itx('invokeai_metadata',json.dumps(inv)),itx('invokeai_graph','{"nodes":{}}')),'InvokeAI','invokeai',dict(prompt='a red cube',negativePrompt='blurry',seed=7,steps=24,cfgScale=6.0,sampler='euler_a',model='testModel',size='64x48'))
put('m17-invokeai-dream.png',png(tx('Dream','"a red cube" -s 50 -S 123 -W 64 -H 48 -C 7.5 -A k_lms')),'InvokeAI v1 Dream','invokeai',dict(prompt='a red cube',steps=50,seed=123,cfgScale=7.5,sampler='k_lms',size='64x48'))
nc={"prompt":"a red cube","steps":28,"height":48,"width":64,"scale":5.0,"uncond_scale":0.0,"seed":99,"n_samples":1,"noise_schedule":"karras","sampler":"k_euler_ancestral","uc":"blurry","request_type":"PromptGenerateRequest"}
NF=dict(prompt='a red cube',negativePrompt='blurry',steps=28,cfgScale=5.0,seed=99,sampler='k_euler_ancestral',scheduler='karras',size='64x48',source='NovelAI Diffusion V4.5 4BDE2A90')
ncd=[tx('Title','NovelAI generated image'),tx('Description','a red cube'),tx('Software','NovelAI'),tx('Source','NovelAI Diffusion V4.5 4BDE2A90'),tx('Generation time','2.9'),tx('Comment',json.dumps(nc))]
put('m18-novelai.png',png(*ncd),'NovelAI text chunks, no signature','novelai',NF)
put('m19-novelai-exif.webp',wexif(tiff([(0x10d,2,S('NovelAI generated image')),(0x10e,2,S('a red cube')),(0x131,2,S('NovelAI Diffusion V4.5 4BDE2A90'))],[(0x9286,7,b'ASCII\0\0\0'+json.dumps({'Comment':json.dumps(nc)}).encode())],e='>')),'NovelAI WebP EXIF, JSON nested once more','novelai',NF)
def hidden(payload, magic, channels):
    """A picture with a text in the lowest bits of `channels`, which go down the columns."""
    im=pic(7,(96,96)).convert('RGBA' if channels==[3] else 'RGB'); data=gzip.compress(payload,mtime=0) if magic.endswith(b'comp') else payload
    bits=''.join(f'{b:08b}' for b in magic+struct.pack('>I',len(data)*8)+data)
    px=im.load(); i=0
    for x in range(96):
        for y in range(96):
            v=list(px[x,y])
            for ch in channels:
                if i<len(bits): v[ch]=v[ch]&~1|int(bits[i]); i+=1
            px[x,y]=tuple(v)
    assert i==len(bits)
    return im
sj=json.dumps({'Description':'a red cube','Software':'NovelAI','Source':'NovelAI Diffusion V4.5 4BDE2A90','Generation time':'2.9','Comment':json.dumps(nc)}).encode()
put('m20-novelai-stealth-alpha.png',enc_img(hidden(sj,b'stealth_pngcomp',[3]),'PNG'),'compressed text in the lowest bits of alpha, no text chunks','novelai',NF)
put('m21-a1111-stealth-rgb.png',enc_img(hidden((A+', Version: v1.10.1').encode(),b'stealth_rgbinfo',[0,1,2]),'PNG'),'text in the lowest bits of colours','stable-diffusion-webui',dict(AF,version='v1.10.1'))
put('m55-novelai-stealth-alpha.webp',enc_img(hidden(sj,b'stealth_pnginfo',[3]),'WEBP',lossless=True,exact=True),'text in the lowest bits of alpha, WebP without loss','novelai',NF)
put('m56-a1111-stealth-rgb.webp',enc_img(hidden((A+', Version: v1.10.1').encode(),b'stealth_rgbcomp',[0,1,2]),'WEBP',lossless=True),'compressed text in the lowest bits of colours, WebP without loss','stable-diffusion-webui',dict(AF,version='v1.10.1'))
foo={"adm_guidance":"(1.5, 0.8, 0.3)","base_model":"juggernautXL_v8","base_model_hash":"aeb7e9e689","guidance_scale":4,"metadata_scheme":"fooocus","negative_prompt":"blurry","performance":"Speed","prompt":"a red cube","resolution":"(64, 48)","sampler":"dpmpp_2m_sde_gpu","scheduler":"karras","seed":"555","sharpness":2,"steps":30,"version":"Fooocus v2.5.5"}
FF=dict(prompt='a red cube',negativePrompt='blurry',steps=30,cfgScale=4,seed=555,sampler='dpmpp_2m_sde_gpu',scheduler='karras',model='juggernautXL_v8',modelHash='aeb7e9e689',size='64x48',version='Fooocus v2.5.5')
put('m23-fooocus.png',png(tx('parameters',json.dumps(foo)),tx('fooocus_scheme','fooocus')),'Fooocus JSON scheme','fooocus',FF)
swarm='{\n  "sui_image_params": {\n    "prompt": "a red cube",\n    "negativeprompt": "blurry",\n    "model": "testModel",\n    "seed": 77,\n    "steps": 20,\n    "cfgscale": 7.0,\n    "width": 64,\n    "height": 48,\n    "sampler": "euler",\n    "scheduler": "karras",\n    "swarm_version": "0.9.7.4"\n  }\n}'
WFd=dict(prompt='a red cube',negativePrompt='blurry',model='testModel',seed=77,steps=20,cfgScale=7.0,sampler='euler',scheduler='karras',size='64x48',version='0.9.7.4')
put('m24-swarmui-le.jpg',jexif(tiff([],[(0x9286,7,UC(swarm,'utf-16-le'))],e='<')),'SwarmUI UserComment UNICODE UTF-16LE','swarmui',WFd)
put('m25-swarmui-with-graph.png',png(tx('prompt',json.dumps(graph)),tx('parameters',swarm)),'SwarmUI: prompt graph and parameters; must not be called ComfyUI','swarmui',WFd)
RDF=lambda inner,ns='':'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '+ns+'>'+inner+'</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>'
EXT='xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
xmpseg=lambda x:seg(0xe1,b'http://ns.adobe.com/xap/1.0/\0'+(x if isinstance(x,bytes) else x.encode()))
dt=json.dumps({"c":"a red cube","uc":"blurry","model":"sd_v1.5_f16.ckpt","sampler":"Euler A","scale":7.5,"seed":31337,"steps":25,"strength":1,"size":"64x48"}).replace('"','&quot;')
put('m26-drawthings.png',png(itx('XML:com.adobe.xmp',RDF(f'<xmp:CreatorTool>Draw Things</xmp:CreatorTool><exif:UserComment><rdf:Alt><rdf:li xml:lang="x-default">{dt}</rdf:li></rdf:Alt></exif:UserComment>','xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/"'))),'Draw Things XMP','draw-things',dict(prompt='a red cube',negativePrompt='blurry',model='sd_v1.5_f16.ckpt',sampler='Euler A',cfgScale=7.5,seed=31337,steps=25,size='64x48'))
job='2b6e053b-9a65-4ca9-9e13-000000000000'
put('m27-midjourney.png',png(tx('Creation Time','Sat, 09 Aug 2025 10:41:50 GMT'),tx('Author','someuser'),tx('Description',('a cube, in the style of danh võ, photo taken with nikon d750 --ar 4:3 --v 5.2 Job ID: '+job).encode('utf8')),chunk(b'tEXt',b'XML:com.adobe.xmp\0'+RDF('','xmlns:iptcExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" iptcExt:DigImageGUID="'+job+'" iptcExt:DigitalSourceType="'+DST+'trainedAlgorithmicMedia"').encode())),'Midjourney: UTF-8 in tEXt, XMP in tEXt, prefix iptcExt, attribute form; prompt names a camera','midjourney',dict(prompt='a cube, in the style of danh võ, photo taken with nikon d750',jobID=job,version='5.2'),camera={'grade':0},dst=['trainedAlgorithmicMedia'])
sig=base64.b64encode(bytes(range(192))).decode()
put('m28-xai.jpg',jexif(tiff([(0x10e,2,S('Signature: '+sig)),(0x13b,2,S('00000000-1111-4222-8333-444444444444'))],[(0x9286,7,b'ASCII\0\0\0Signature: '+sig.encode())]),first=True),'xAI pair (made-up signature), EXIF before JFIF','xai',{})
put('m29-samsung-trailer.jpg',jexif(tiff([(0x10f,2,S('samsung')),(0x110,2,S('SM-S921B'))]),tail=b'\0\0\xa1\x0aPhotoEditor_Re_Edit_Data{"originalPath":"x","genAIType":1,"clipInfoValue":"{}"}'+b'SEFH'+bytes(20)+b'SEFT'),'Samsung trailer with genAIType 1 (structure simplified)','samsung-galaxy-ai',dict(genAIType=1),camera={'grade':1,'make':'samsung','model':'SM-S921B'})
tc='{"Label":"1","ContentProducer":"001191110102MACQD9K64010000","ProduceID":"abc","ReservedCode1":"","ContentPropagator":"","PropagateID":"","ReservedCode2":""}'
put('m30-tc260-xmp-attr.jpg',jexif(None,more=xmpseg(RDF('','xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/" TC260:AIGC="'+tc.replace('"','&quot;')+'"'))),'TC260 AIGC as XMP attribute','tc260',dict(label='1',contentProducer='001191110102MACQD9K64010000',produceID='abc'))
put('m31-tc260-png-chunk.png',png(after=[tx('AIGC',tc.replace('"1"','"2"'))]),'TC260 label 2 as tEXt AIGC after IDAT','tc260',dict(label='2'))
put('m32-tc260-exif.jpg',jexif(tiff([],[(0x9286,7,b'ASCII\0\0\0{"AIGC":'+tc.replace('"1"','"3"').encode()+b'}')])),'TC260 label 3 in EXIF UserComment','tc260',dict(label='3'))
put('m33-iptc-2025.jpg',jexif(None,more=xmpseg(RDF('<Iptc4xmpExt:AISystemUsed>Test Model</Iptc4xmpExt:AISystemUsed><Iptc4xmpExt:AISystemVersionUsed>3.1</Iptc4xmpExt:AISystemVersionUsed><Iptc4xmpExt:AIPromptInformation>a red cube</Iptc4xmpExt:AIPromptInformation><Iptc4xmpExt:DigitalSourceType rdf:resource="'+DST+'trainedAlgorithmicMedia"/>',EXT))),'IPTC 2025.1 AI properties; DigitalSourceType as rdf:resource','iptc',dict(aiSystem='Test Model',aiSystemVersion='3.1',prompt='a red cube'),dst=['trainedAlgorithmicMedia'])
put('m34-apple-cleanup.jpg',jexif(tiff([(0x10f,2,S('Apple')),(0x110,2,S('iPhone 16 Pro'))]),more=xmpseg(RDF('<photoshop:Credit>Apple Photos Clean Up</photoshop:Credit><Iptc4xmpExt:DigitalSourceType>'+DST+'compositeWithTrainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType>',EXT+' xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"'))+seg(0xed,b'Photoshop 3.0\0'+b'8BIM'+struct.pack('>H',0x404)+b'\0\0'+struct.pack('>I',26)+b'\x1c\x02\x6e'+struct.pack('>H',21)+b'Apple Photos Clean Up')),'Apple Clean Up credit in XMP and IIM 2:110','apple-clean-up',{},camera={'grade':1,'make':'Apple','model':'iPhone 16 Pro'},dst=['compositeWithTrainedAlgorithmicMedia'])
put('m35-algorithmicmedia.jpg',jexif(None,more=xmpseg(RDF('<Iptc4xmpExt:DigitalSourceType>'+DST+'algorithmicMedia</Iptc4xmpExt:DigitalSourceType>',EXT))),'algorithmicMedia: synthetic but not AI',None,{},dst=['algorithmicMedia'])
put('m36-digitalcapture-xmp.webp',wexif(xmp=RDF('','xmlns:a="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" a:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"').encode()),'digitalCapture, unusual prefix',None,{},dst=['digitalCapture'])
def extended():
    full=RDF('<Iptc4xmpExt:DigitalSourceType>'+DST+'trainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType><dc:x>'+'y'*300+'</dc:x>',EXT+' xmlns:dc="http://purl.org/dc/elements/1.1/"').split('\n',1)[1].rsplit('\n',1)[0].encode()
    g=hashlib.md5(full).hexdigest().upper()
    main=RDF('','xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="'+g+'"')
    e=lambda off,b:seg(0xe1,b'http://ns.adobe.com/xmp/extension/\0'+g.encode()+struct.pack('>II',len(full),off)+b)
    return xmpseg(main)+e(250,full[250:])+e(0,full[:250])
put('m37-extended-xmp.jpg',jexif(None,more=extended()),'DigitalSourceType only in extended XMP, pieces in wrong order',None,{},dst=['trainedAlgorithmicMedia'])
dtd='<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'+RDF('<dc:x>&c;&c;&c;</dc:x><Iptc4xmpExt:DigitalSourceType>'+DST+'trainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType>',EXT+' xmlns:dc="http://purl.org/dc/elements/1.1/"')
put('m38-xmp-doctype.jpg',jexif(None,more=xmpseg(dtd)),'XMP with DOCTYPE and entities: refuse the packet',None,{},dst=[])
mk=b'Nikon\0\x02\x10\0\0'+tiff([(1,7,b'0210')],e='<')
def cam(make='NIKON CORPORATION',model='NIKON D750',maker=mk,w=64,h=48,soft=None,exp=(1,100),shutter=(6643856,1000000)):
    return tiff([(0x10f,2,S(make)),(0x110,2,S(model)),(0x112,3,1),(0x132,2,S('2026:05:01 12:00:00'))]+([(0x131,2,S(soft))] if soft else []),
     [(0x829a,5,[exp]),(0x829d,5,[(56,10)]),(0x8827,3,200),(0x9000,7,b'0230'),(0x9003,2,S('2026:05:01 12:00:00')),(0x9004,2,S('2026:05:01 12:00:00')),(0x9201,10,[shutter]),(0x9202,5,[(4970854,1000000)]),(0x9207,3,5),(0x9209,3,16),(0x920a,5,[(50,1)]),(0x9291,2,S('37')),(0xa002,4,w),(0xa003,4,h),(0xa300,7,b'\x03'),(0xa301,7,b'\x01'),(0xa405,3,50),(0xa433,2,S('Nikon')),(0xa434,2,S('50mm f/1.8'))]+([(0x927c,7,maker)] if maker else []),e='<')
CE=dict(make='NIKON CORPORATION',model='NIKON D750',lensModel='50mm f/1.8',exposureTime='1/100',fNumber=5.6,iso=200,focalLength=50,makerNote='Nikon')
put('m39-camera-full.jpg',jexif(cam()),'consistent camera EXIF with fitting MakerNote (made up)',None,{},camera=dict(CE,grade=4))
put('m40-camera-makemodel.jpg',jexif(tiff([(0x10f,2,S('Canon')),(0x110,2,S('Canon EOS R5'))])),'Make and Model only',None,{},camera={'grade':1,'make':'Canon','model':'Canon EOS R5'})
put('m41-camera-contradiction.jpg',jexif(cam(w=6016,h=4016,soft='Adobe Photoshop 27.0',maker=b'Apple iOS\0\0\x01MM\0\x00',exp=(1,100),shutter=(9965784,1000000))),'PixelXDimension, editor, foreign MakerNote, APEX shutter contradict',None,{},camera=dict(CE,grade=2,makerNote='Apple iOS',contradictions=['pixelDimensions','software','makerNote','shutterSpeed']))
put('m42-ideogram-make.jpg',jexif(tiff([(0x10f,2,S('Ideogram AI'))])),'EXIF Make names a generator','ideogram',{},camera={'grade':0})
put('m43-false-parameters.png',png(tx('parameters','learning_rate=0.1, Steps: none; see file')),'parameters chunk of other software: no generator',None,{})
put('m44-gimp-comment.png',png(tx('Comment','Created with GIMP'),tx('Software','GIMP 3.0')),'editor comment: no generator',None,{},other={'software':'GIMP 3.0'})
put('m45-remote-provenance.jpg',jexif(None,more=xmpseg(RDF('','xmlns:dcterms="http://purl.org/dc/terms/" dcterms:provenance="https://example.com/manifests/abc.c2pa"'))),'remote C2PA manifest documented only',None,{},other={'remoteManifest':'https://example.com/manifests/abc.c2pa'})
put('m46-hf-job.png',png(tx('hf-job-id','11111111-2222-4333-8444-555555555555')),'Hugging Face job id','hf-job',{})
put('m47-bytedance-app.jpg',jexif(tiff([(0x10e,2,S('{"product":"dreamina","exportType":"generation","aigc_info":{"aigc_label_type":1}}'))])),'ByteDance app JSON','bytedance-dreamina',{})
import pillow_heif; pillow_heif.register_heif_opener()
b=io.BytesIO(); pic(1).save(b,'HEIF',quality=40,exif=b'Exif\0\0'+cam(),xmp=RDF('<Iptc4xmpExt:DigitalSourceType>'+DST+'computationalCapture</Iptc4xmpExt:DigitalSourceType>',EXT).encode()); put('m48-heic-exif-xmp.heic',b.getvalue(),'HEIC items Exif and mime XMP',None,{},camera=dict(CE,grade=4),dst=['computationalCapture'])
b=io.BytesIO(); pic(1).save(b,'AVIF',quality=40,exif=b'Exif\0\0'+cam(),xmp=RDF('','xmlns:q="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" q:DigitalSourceType="'+DST+'trainedAlgorithmicMedia"').encode()); put('m49-avif-exif-xmp.avif',b.getvalue(),'AVIF: camera EXIF and an AI statement in XMP contradict',None,{},camera=dict(CE,grade=4),dst=['trainedAlgorithmicMedia'])
p=13+(3*(2<<(G[10]&7)) if G[10]&0x80 else 0); x=RDF('<Iptc4xmpExt:DigitalSourceType>'+DST+'trainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType>',EXT).encode()
put('m50-gif-xmp.gif',b'GIF89a'+G[6:p]+b'\x21\xff\x0bXMP DataXMP'+x+b'\x01'+bytes(range(255,-1,-1))+b'\0'+G[p:],'GIF XMP application extension',None,{},dst=['trainedAlgorithmicMedia'])
t=io.BytesIO(); pic(0,(32,24)).save(t,'TIFF',tiffinfo={271:'Leica',272:'M11',700:x}); put('m51-tiff-make-xmp.tif',t.getvalue(),'TIFF: Make, Model, XMP tag 700',None,{},camera={'grade':1,'make':'Leica','model':'M11'},dst=['trainedAlgorithmicMedia'])
put('m52-none.jpg',J,'no metadata at all',None,{},camera={'grade':0},dst=[])
put('m53-raw-profile.png',png(ztx('Raw profile type exif','\nexif\n%8d\n'%len(b'Exif\0\0'+cam())+'\n'.join((b'Exif\0\0'+cam()).hex()[i:i+72] for i in range(0,2*len(b'Exif\0\0'+cam()),72))+'\n')),'EXIF as ImageMagick raw profile in zTXt',None,{},camera=dict(CE,grade=4))
put('m54-tiff-cycle.tif',(lambda d:(lambda e:d[:e]+d[4:8]+d[e+4:])(struct.unpack('<I',d[4:8])[0]+2+12*struct.unpack('<H',d[struct.unpack('<I',d[4:8])[0]:][:2])[0]))(enc_img(pic(0,(32,24)),'TIFF')),'TIFF whose IFD chain returns to itself',None,{})
json.dump(EXP, open(OUT + "expected.json", "w"), indent=1, ensure_ascii=False, sort_keys=True)
