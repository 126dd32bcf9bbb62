/// How a report looks: on a telephone and on a wide screen, in light and dark, and on paper.
package enum PageStyle {
  /// Contrast of text: 7 : 1 and more, of lines in the curve 3 : 1 and more, in both schemes (WCAG 2.2, 1.4.6, 1.4.11).
  package static let css = """

    :root { color-scheme: light dark; --ink: #1b1f24; --soft: #4a525c; --paper: #ffffff; --panel: #f3f5f8; --line: #c9d0d8; --mark: #0b5cad; --area: #dce9f7; --late: #a3261b; --good: #1a6b37; }
    @media (prefers-color-scheme: dark) {
      :root { --ink: #e8ebef; --soft: #b4bcc6; --paper: #14171b; --panel: #1e2329; --line: #3c444e; --mark: #8ec2f7; --area: #1d3550; --late: #ff9d92; --good: #8fd6a5; }
    }
    * { box-sizing: border-box; }
    html { background: var(--paper); color: var(--ink); }
    body { margin: 0 auto; max-width: 64rem; padding: 1rem 1rem 3rem; font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; overflow-wrap: break-word; hyphens: auto; }
    h1 { margin: 0.2rem 0 0.5rem; font-size: 1.7rem; line-height: 1.2; }
    h2 { margin: 2.4rem 0 0.6rem; padding-top: 0.6rem; border-top: 2px solid var(--line); font-size: 1.3rem; line-height: 1.3; }
    h3 { margin: 1.4rem 0 0.4rem; font-size: 1.05rem; }
    p, ul, ol, dl { margin: 0.5rem 0; }
    p, li { max-width: 48rem; }
    a { color: var(--mark); }
    a:focus-visible, .scroll:focus-visible { outline: 3px solid var(--mark); outline-offset: 2px; }
    .kind, .note, figcaption, footer { color: var(--soft); font-size: 0.92rem; }
    .kind { margin: 0; }
    .warning { padding: 0.6rem 0.9rem; border-left: 0.3rem solid var(--late); background: var(--panel); }
    nav ol { columns: 18rem; column-gap: 2rem; padding-left: 1.4rem; }
    .tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: 0.6rem; margin: 1rem 0; padding: 0; list-style: none; }
    .tiles li { padding: 0.6rem 0.8rem; border: 1px solid var(--line); border-radius: 0.4rem; background: var(--panel); }
    .tiles b { display: block; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
    .tiles span { font-size: 0.9rem; color: var(--soft); }
    dl.facts { display: grid; grid-template-columns: minmax(9rem, 15rem) minmax(0, 1fr); gap: 0.35rem 1rem; }
    dl.facts dt { font-weight: 600; }
    dl.facts dd { margin: 0; }
    .scroll { overflow-x: auto; margin: 0.9rem 0; }
    table { border-collapse: collapse; width: 100%; font-size: 0.95rem; }
    caption { padding: 0 0 0.35rem; text-align: left; font-weight: 600; }
    th, td { padding: 0.32rem 0.6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
    thead th { border-bottom: 2px solid var(--soft); vertical-align: bottom; hyphens: manual; }
    thead .n { white-space: normal; }
    tbody th { font-weight: 500; }
    tfoot th, tfoot td { border-bottom: 0; font-weight: 600; }
    .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    time { white-space: nowrap; }
    code { font: 0.9em ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; hyphens: manual; }
    pre { margin: 0.5rem 0; padding: 0.7rem 0.9rem; border: 1px solid var(--line); border-radius: 0.4rem; background: var(--panel); white-space: pre-wrap; overflow-wrap: anywhere; }
    figure { margin: 1rem 0; }
    svg { display: block; width: 100%; height: auto; }
    svg text { fill: var(--ink); font: 13px system-ui, "DejaVu Sans", sans-serif; }
    svg .grid { stroke: var(--line); stroke-width: 1; }
    svg .area { fill: var(--area); }
    svg .band { fill: var(--area); opacity: 0.6; }
    svg .likely { fill: none; stroke: var(--mark); stroke-width: 1.5; stroke-dasharray: 2 4; }
    svg .curve { fill: none; stroke: var(--mark); stroke-width: 2.5; stroke-linejoin: round; }
    svg .deadline { stroke: var(--late); stroke-width: 2; stroke-dasharray: 6 4; }
    svg .late { fill: var(--late); }
    svg.narrow { display: none; }
    footer { margin-top: 3rem; padding-top: 0.6rem; border-top: 1px solid var(--line); }
    @media (max-width: 34rem) {
      body { padding: 0.8rem 0.8rem 2rem; }
      h1 { font-size: 1.4rem; }
      dl.facts { grid-template-columns: minmax(0, 1fr); gap: 0.1rem; }
      dl.facts dd { margin-bottom: 0.5rem; }
      table { font-size: 0.88rem; }
      th, td { padding: 0.3rem 0.4rem; }
      svg.wide { display: none; }
      svg.narrow { display: block; }
      time { white-space: normal; }
    }
    @page { size: A4; margin: 18mm 16mm 20mm; }
    @media print {
      :root { --ink: #000000; --soft: #333333; --paper: #ffffff; --panel: #ffffff; --line: #999999; --mark: #0b4a8a; --area: #e6eef7; --late: #8a1f15; }
      body { max-width: none; padding: 0; font-size: 10pt; }
      nav { display: none; }
      h1, h2, h3, caption { break-after: avoid; }
      h2 { margin-top: 1.4rem; }
      section.apart { break-before: page; }
      figure, .tiles li, table, tr, .warning, dd, pre { break-inside: avoid; }
      dt { break-after: avoid; }
      thead { display: table-header-group; }
      tfoot { display: table-row-group; }
      .scroll { overflow: visible; }
      a { color: inherit; text-decoration: none; }
    }

    """
}
