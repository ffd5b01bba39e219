"""What the reference implementation says of files; see README.md beside it."""
import sys, json, io, os, c2pa
PKI='pki'
def ctx(anchors=None):
    s={'verify':{'verify_after_reading':True,'remote_manifest_fetch':False,'ocsp_fetch':False}}
    s['trust']={'trust_config':'1.3.6.1.5.5.7.3.4\n1.3.6.1.5.5.7.3.36\n1.3.6.1.5.5.7.3.8\n1.3.6.1.5.5.7.3.9\n1.3.6.1.4.1.311.76.59.1.9\n1.3.6.1.4.1.62558.2.1\n'}
    if anchors: s['trust']['user_anchors']=open(anchors).read()
    return c2pa.Context.from_dict(s)
MIME={'.jpg':'image/jpeg','.jpeg':'image/jpeg','.png':'image/png','.webp':'image/webp','.gif':'image/gif','.tif':'image/tiff','.tiff':'image/tiff','.avif':'image/avif','.heic':'image/heic','.c2pa':'application/c2pa','.jxl':'image/jxl'}
def read(path,anchors=None):
    mime=MIME[os.path.splitext(path)[1].lower()]
    try:
        r=c2pa.Reader(mime,io.BytesIO(open(path,'rb').read()),context=ctx(anchors))
    except Exception as e: return {'error':type(e).__name__+': '+str(e)[:200]}
    j=json.loads(r.json()); d=json.loads(r.detailed_json())
    return {'json':j,'detailed':d,'state':j.get('validation_state'),'results':j.get('validation_results')}
def short(o):
    if 'error' in o: return o
    vr=o['results'] or {}; am=vr.get('activeManifest') or {}
    f=lambda l:[x['code'] for x in l or []]
    return {'state':o['state'],'success':f(am.get('success')),'informational':f(am.get('informational')),'failure':f(am.get('failure')),
      'deltas':[{'uri':x.get('ingredientAssertionURI'),'failure':f(x['validationDeltas'].get('failure')),'informational':f(x['validationDeltas'].get('informational'))} for x in vr.get('ingredientDeltas') or []]}
if __name__=='__main__':
    a=None; args=sys.argv[1:]
    if args[0]=='-t': a=PKI+'/anchors.pem'; args=args[1:]
    for p in args: print(p,json.dumps(short(read(p,a)),indent=None))
