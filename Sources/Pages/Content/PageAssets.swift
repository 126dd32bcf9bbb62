import Reports

/// The files that pages load: how they look, and what keeps them alive.
enum PageAssets {
  static let style =
    PageStyle.css + """

      .skip { position: absolute; left: -99rem; }
      .skip:focus { position: static; }
      .bar { display: flex; justify-content: space-between; align-items: center; gap: 1rem; border-bottom: 1px solid var(--line); }
      .bar form { margin: 0; }
      .bar a { margin-left: 0.8rem; }
      .sections ul { display: flex; flex-wrap: wrap; gap: 0.2rem 0.4rem; margin: 0.6rem 0; padding: 0; list-style: none; }
      .sections a { display: block; padding: 0.35rem 0.7rem; border: 1px solid var(--line); border-radius: 0.4rem; text-decoration: none; }
      .sections a[aria-current] { background: var(--panel); border-color: var(--mark); font-weight: 600; }
      button, input, select { font: inherit; color: var(--ink); background: var(--panel); border: 1px solid var(--soft); border-radius: 0.4rem; padding: 0.35rem 0.7rem; max-width: 100%; }
      button { cursor: pointer; border-color: var(--mark); }
      button.grave { border-color: var(--late); color: var(--late); }
      button:focus-visible, input:focus-visible, select:focus-visible, summary:focus-visible { outline: 3px solid var(--mark); outline-offset: 2px; }
      form { margin: 0.4rem 0; }
      form label { display: block; margin: 0.5rem 0; }
      form label input, form label select { display: block; width: 24rem; }
      form label.check input { display: inline; width: auto; }
      .acts { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 0.8rem; }
      .acts > div { padding: 0.6rem 0.8rem; border: 1px solid var(--line); border-radius: 0.4rem; }
      progress { width: 100%; height: 1.4rem; accent-color: var(--mark); }
      h2 + .scroll caption, h2 + [data-event] > .scroll caption { position: absolute; left: -99rem; }
      .good { color: var(--good); }
      .call { margin: 1rem 0; padding: 0.2rem 1rem 0.8rem; border: 1px solid var(--line); border-radius: 0.4rem; }
      .call h2 { margin-top: 0.6rem; padding-top: 0; border-top: 0; }
      .choice { display: flex; flex-wrap: wrap; gap: 0 0.6rem; }
      [hidden] { display: none; }

      """

  static let script = """
    "use strict";
    // Puts what the server sends into the boxes of its kind; everything else works without.
    const boxes = document.querySelectorAll("[data-event]");
    const lost = document.getElementById("lost");
    const still = document.getElementById("still");
    let source = null;

    function put(box, html) {
      const within = box.contains(document.activeElement) ? document.activeElement : null;
      const place = within ? within.getAttribute("aria-labelledby") : null;
      const left = within ? within.scrollLeft : 0;
      const template = document.createElement("template");
      template.innerHTML = html;
      box.replaceChildren(template.content);
      // Who reads a table goes on where they were.
      const again = place ? box.querySelector(`[aria-labelledby="${place}"]`) : null;
      if (again) { again.focus({ preventScroll: true }); again.scrollLeft = left; }
    }

    function listen() {
      if (source && source.readyState !== EventSource.CLOSED) { return; }
      source = new EventSource(boxes[0].dataset.source);
      source.addEventListener("open", () => { lost.hidden = true; still.hidden = true; });
      source.addEventListener("error", () => { lost.hidden = false; });
      for (const box of boxes) {
        source.addEventListener(box.dataset.event, (event) => put(box, event.data));
      }
    }

    if (boxes.length > 0) {
      listen();
      // A browser gives up after an answer that is no stream.
      setInterval(() => { if (!document.hidden) { listen(); } }, 5000);
      // A page that nobody sees needs no connection: browsers have six for a server.
      document.addEventListener("visibilitychange", () => { if (document.hidden) { source.close(); } else { listen(); } });
      window.addEventListener("pagehide", () => source.close());
    }

    """

  static let icon = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect x="1" y="3" width="14" height="10" rx="1" fill="#0b5cad"/><path d="M1 4l7 5 7-5" fill="none" stroke="#fff" stroke-width="1.5"/></svg>

    """
}
