/// The look of a report. There is no script, and the page's policy allows no style but this one and no image but data.
enum ReportStyle {
  /// Models have a colour each and a kind of line each, over again from the seventh on.
  private static let kinds = 6

  static func line(_ index: Int) -> String { "line model\(index % kinds)" }
  static func dot(_ index: Int) -> String { "dot model\(index % kinds)" }
  static func key(_ index: Int) -> String { "model\(index % kinds)" }

  static let sheet: StaticString = """
    :root{color-scheme:light dark;--page:#fbfbfa;--card:#fff;--ink:#1c1c1a;--soft:#5f5e5a;--rule:#dddcd6;\
    --faint:#ecebe6;--real:#2a78d6;--generated:#d9622b;--both:#7a5fc4;--bad:#c2412d;--good:#2f8f5b;\
    --m0:#2a78d6;--m1:#d9622b;--m2:#1b8a62;--m3:#7a5fc4;--m4:#b8860b;--m5:#c2417f}
    @media(prefers-color-scheme:dark){:root{--page:#151514;--card:#1e1e1c;--ink:#ecebe6;--soft:#a5a49c;\
    --rule:#3a3a36;--faint:#2b2b28;--real:#5b9ff0;--generated:#f08a55;--both:#a48cf0;--bad:#ef7a66;--good:#5fc08a;\
    --m0:#5b9ff0;--m1:#f08a55;--m2:#4cc096;--m3:#a48cf0;--m4:#d9ab3c;--m5:#f07ab0}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",\
    "Liberation Sans",Roboto,sans-serif;-webkit-text-size-adjust:100%}
    main{max-width:1240px;margin:0 auto;padding:24px 20px 56px}
    h1{font-size:26px;line-height:1.2;margin:0 0 4px;letter-spacing:-.01em}
    h2{font-size:19px;margin:40px 0 12px;padding-bottom:6px;border-bottom:1px solid var(--rule);\
    overflow-wrap:anywhere}
    h3{font-size:15px;margin:24px 0 8px}
    p{margin:0 0 10px;max-width:76ch}
    .soft,figcaption,caption{color:var(--soft)}
    .mono{font-family:ui-monospace,"Liberation Mono",Menlo,Consolas,monospace;font-size:12.5px;\
    overflow-wrap:anywhere}
    .warn{border-left:3px solid var(--generated);padding:6px 12px;background:var(--card)}
    dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:3px 18px;margin:0 0 12px}
    dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
    .tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(158px,1fr));gap:10px;margin:12px 0 18px}
    .tile{background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:10px 12px}
    .tile b{display:block;font-size:23px;line-height:1.25;font-weight:600;font-variant-numeric:tabular-nums}
    .tile span{display:block;color:var(--soft);font-size:12.5px}
    .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,350px),1fr));gap:14px;\
    align-items:start}
    figure{margin:0;background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:12px;min-width:0}
    figure.wide{grid-column:1/-1}
    .figures.first{margin-top:22px}
    figure svg{display:block;width:100%;max-width:460px;height:auto;margin:0 auto;overflow:visible}
    figure.wide svg{max-width:760px;min-width:500px}
    figure.wide .scroll{margin:0}
    figcaption{font-size:13px;margin-top:8px}
    ul.key{list-style:none;display:flex;flex-wrap:wrap;gap:2px 16px;margin:8px 0 0;padding:0;font-size:13px}
    ul.key li{overflow-wrap:anywhere}
    ul.key i{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:6px;vertical-align:-1px}
    .scroll{overflow-x:auto;margin:0 0 14px;-webkit-overflow-scrolling:touch}
    table{border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums}
    caption{text-align:left;font-size:13px;padding:16px 0 6px}
    th,td{padding:5px 12px 5px 0;border-bottom:1px solid var(--faint);text-align:right;white-space:nowrap;\
    vertical-align:top}
    th{font-weight:600;color:var(--soft)}
    th:first-child,td:first-child{text-align:left;white-space:normal;overflow-wrap:anywhere;min-width:110px;\
    max-width:340px}
    td small{display:block;color:var(--soft);font-size:12px}
    ul.hard{list-style:none;margin:0;padding:0;display:grid;\
    grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:12px}
    ul.hard li{background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:10px;font-size:12.5px;\
    overflow-wrap:anywhere}
    ul.hard img,.noimage{display:block;width:100%;height:130px;object-fit:contain;margin-bottom:8px;\
    background:var(--faint);border-radius:4px}
    figure.picture img{display:block;max-width:100%;max-height:560px;margin:0 auto;border-radius:4px}
    ul.statements{list-style:none;margin:0 0 14px;padding:0}
    ul.statements li{background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:10px 12px;\
    margin-bottom:8px;overflow-wrap:anywhere;break-inside:avoid}
    ul.statements b{margin-right:10px}ul.statements p{margin:4px 0 0}
    .tick{font:12px system-ui,"Liberation Sans",sans-serif;fill:var(--soft)}
    .label{font:13px system-ui,"Liberation Sans",sans-serif;fill:var(--ink)}
    .count{font:600 22px system-ui,"Liberation Sans",sans-serif;fill:var(--ink)}
    .grid{stroke:var(--faint)}.axis{stroke:var(--soft)}
    .chance{stroke:var(--soft);stroke-dasharray:4 4;fill:none}
    .line{fill:none;stroke:var(--real);stroke-width:2;stroke-linejoin:round}
    .line.thin{stroke-width:1}
    .whisker{fill:none;stroke:var(--real);stroke-width:1.5;opacity:.75}
    .dot{fill:var(--real);stroke:var(--card);stroke-width:1}
    .cell{fill:var(--card);stroke:var(--rule)}.right{fill:var(--good)}.wrong{fill:var(--bad)}
    rect.real{fill:var(--real)}rect.generated{fill:var(--generated)}
    .whisker.generated{stroke:var(--generated)}.whisker.both{stroke:var(--both)}
    .dot.generated{fill:var(--generated)}.dot.both{fill:var(--both)}
    i.real{background:var(--real)}i.generated{background:var(--generated)}i.both{background:var(--both)}
    .line.model0{stroke:var(--m0)}.line.model1{stroke:var(--m1);stroke-dasharray:7 3}
    .line.model2{stroke:var(--m2);stroke-dasharray:2 3}.line.model3{stroke:var(--m3);stroke-dasharray:9 3 2 3}
    .line.model4{stroke:var(--m4);stroke-dasharray:12 4}.line.model5{stroke:var(--m5);stroke-dasharray:4 2}
    .dot.model0{fill:var(--m0)}.dot.model1{fill:var(--m1)}.dot.model2{fill:var(--m2)}.dot.model3{fill:var(--m3)}
    .dot.model4{fill:var(--m4)}.dot.model5{fill:var(--m5)}
    i.model0{background:var(--m0)}i.model1{background:var(--m1)}i.model2{background:var(--m2)}
    i.model3{background:var(--m3)}i.model4{background:var(--m4)}i.model5{background:var(--m5)}
    @media(max-width:520px){main{padding:16px 12px 40px}h1{font-size:22px}dl{grid-template-columns:1fr;gap:0}\
    dd{margin-bottom:6px}.tiles{grid-template-columns:repeat(2,minmax(0,1fr))}\
    ul.hard{grid-template-columns:repeat(2,minmax(0,1fr))}}
    @media print{:root{color-scheme:light;--page:#fff;--card:#fff;--ink:#000;--soft:#444;--rule:#bbb;--faint:#ddd}\
    main{max-width:none;padding:0}figure,.tile,ul.hard li,tr{break-inside:avoid}h2,h3{break-after:avoid}\
    .scroll{overflow:visible}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
    """
}
