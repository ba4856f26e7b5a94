/** What the editor's frame is made of: its elements, and the buttons with their icons. */

import { make } from "../../shared/dom.js";
import { BINDINGS } from "../input/keys.js";

/** What is drawn on each button, as an SVG path in a square of 24. @type {Record<string, string>} */
const ICONS = {
  undo: "M8 5 4 9l4 4M4 9h9a6 6 0 0 1 0 12h-3",
  redo: "m16 5 4 4-4 4m4-4h-9a6 6 0 0 0 0 12h3",
  ghosts: "M5 20V11a7 7 0 0 1 14 0v9l-2.4-2-2.3 2-2.3-2-2.3 2-2.3-2zM9.5 11v.5M14.5 11v.5",
  "view-settings": "M4 7h8m6 0h2M4 17h2m6 0h8M15 4.700a2.300 2.300 0 1 0 0 4.600 2.300 2.300 0 0 0 0-4.600zM9 14.700a2.300 2.300 0 1 0 0 4.600 2.300 2.300 0 0 0 0-4.600z",
  upright: "M12 21V9m-4 4 4-4 4 4M4.5 12.5a7.5 7.5 0 0 1 15 0",
  "fit-image": "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  "fit-person": "M12 8.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM12 9v6m-4-4h8m-4 4-3 6m3-6 3 6",
  "zoom-in": "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM20 20l-4.8-4.8M10.5 7.8v5.4M7.8 10.5h5.4",
  "zoom-out": "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM20 20l-4.8-4.8M7.8 10.5h5.4",
  "add-person": "M4 8V4h4M12 4h4M20 12v-.5M4 12v4M4 20h4M12 20h.5M18 15v6m-3-3h6M20 8V4h-.5",
  "box-edit": "M5 5h14v14H5zM3.5 3.5h3v3h-3zM17.5 3.5h3v3h-3zM17.5 17.5h3v3h-3zM3.5 17.5h3v3h-3z",
  transform: "M12 3v18M3 12h18M12 3 9.5 5.5M12 3l2.5 2.5M12 21l-2.5-2.5M12 21l2.5-2.5M3 12l2.5-2.5M3 12l2.5 2.5M21 12l-2.5-2.5M21 12l-2.5 2.5",
  "swap-limb": "M5 9h13m-3.5-3.5L18 9l-3.5 3.5M19 16H9m2.5-3L8.500 16l3 3",
  "swap-person": "M4 8h16m-4-4 4 4-4 4M20 16H4m4-4-4 4 4 4",
  mirror: "M12 3v18M9 7 3.500 17H9zM15 7l5.500 10H15z",
  "copy-previous": "M8 8h12v12H8zM4 16V4h12M14 17v-6m-3 3 3-3 3 3",
  "start-from": "M4 12a8 8 0 1 0 2.500-5.800M4 4v4.500h4.500M12 8v4.500l3 2",
  "clear-all": "M4 7h16M9.500 7V4h5v3M6.500 7l1 13h9l1-13M10 11v5.500M14 11v5.500",
  help: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.6 9.4a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.2.9-1.2 1.8M12 16.8v.1",
};

/** The buttons of the bar, in groups. */
export const TOOLS = [["undo", "redo"], ["ghosts", "view-settings", "upright", "fit-person", "fit-image", "zoom-out", "zoom-in"], ["add-person", "box-edit", "transform"], ["help"]];

/** The buttons under the keypoints. */
export const POSE_TOOLS = ["swap-limb", "swap-person", "mirror", "copy-previous", "start-from", "clear-all"];

/** The frame; `data-ref` names what the panel fills in. */
export const MARKUP = `
<div class="editor" data-ref="editor">
  <div class="bar" role="toolbar" aria-label="Editor">
    <div class="where"><b data-ref="file"></b><span data-ref="camera"></span></div>
    <button class="sent-back" data-ref="sentBack" data-command="sent-back" hidden></button>
    <span class="tools" data-ref="tools"></span>
    <div class="gap"></div>
    <div class="status" data-ref="status"><i></i><span data-ref="statusText"></span><button data-ref="statusButton" hidden>Try now</button></div>
  </div>
  <div class="stage" data-ref="stage" tabindex="0" role="application" aria-roledescription="pose editor">
    <canvas data-ref="picture"></canvas><canvas data-ref="others"></canvas><canvas data-ref="loupe" class="loupe" hidden></canvas><canvas data-ref="selected"></canvas>
    <div class="notice" data-ref="notice" data-floating role="alert" hidden><span data-ref="noticeText"></span><button data-ref="noticeOther" hidden></button><button data-ref="noticeButton"></button></div>
    <div class="hint" data-ref="hint" hidden></div>
    <div class="menu" data-ref="menu" data-floating hidden></div>
    <div class="card" data-ref="card" data-floating hidden>
      <div class="spinner" data-ref="spinner"></div><h3 data-ref="cardTitle"></h3><p data-ref="cardText"></p><pre data-ref="cardCommand" tabindex="0" aria-label="Command"></pre><p data-ref="cardAlso"></p>
      <div class="row"><a data-ref="cardLink" class="primary" target="_blank" rel="noopener">Sign in</a><button data-ref="cardButton"></button></div>
    </div>
  </div>
  <div class="banner" data-ref="banner" role="status" hidden><span data-ref="bannerText"></span><button data-ref="bannerButton"></button><button data-ref="bannerOther"></button></div>
  <aside class="panel" aria-label="Person" data-ref="panel">
    <div class="scroll" data-ref="scroll">
      <section class="who">
        <div class="person-head"><b data-ref="title"></b><span class="soft" data-ref="doubt"></span><span class="gap"></span>
          <button class="step" data-command="history" data-ref="historyButton" aria-label="History of this person"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.500 2"/></svg></button>
          <button class="step" data-command="person-previous" aria-label="Previous person">‹</button>
          <button class="step" data-command="person-next" aria-label="Next person">›</button></div>
        <div class="score" data-ref="score"></div>
        <div class="score" data-ref="turn"></div>
        <p class="review" data-ref="review" hidden></p>
        <div class="problem" role="alert" data-ref="problem" hidden><b>Not saved.</b> <span data-ref="problemText"></span> <button data-ref="loadAgain">Load it again</button><div class="row" data-ref="conflictWays" hidden><button data-ref="keepMine">Keep mine</button><button data-ref="takeTheirs">Take theirs</button></div></div>
      </section>
      <section class="history" data-ref="history" aria-label="History of this person" hidden></section>
      <section class="to-look-at" data-ref="flagSection"><h2>To look at <b data-ref="flagCount"></b></h2><p class="legend" data-ref="legend"></p><div class="flags" data-ref="flags"></div></section>
      <section data-ref="keypointSection"><h2>Keypoints <b data-ref="selectedName"></b></h2><div class="grid" data-ref="grid"></div>
        <div class="pose-tools" role="group" aria-label="Pose" data-ref="poseTools"></div></section>
      <section class="everybody"><h2>Persons in this image <b data-ref="done"></b></h2><div class="persons" data-ref="persons"></div></section>
    </div>
    <div class="actions">
      <div class="flag-walk" role="group" aria-label="Flags" data-ref="flagWalk"><button class="step" data-command="flag-previous" aria-label="Previous flag">‹</button><span data-ref="flagAt"></span><button class="step" data-command="flag-next" aria-label="Next flag">›</button></div>
      <div class="visibility" role="group" aria-label="Visibility" data-ref="visibility">
        <button data-command="visible" data-value="2">Visible <kbd>2</kbd></button>
        <button data-command="hidden" data-value="1">Hidden <kbd>1</kbd></button>
        <button data-command="absent" data-value="0">Absent <kbd>0</kbd></button></div>
      <button class="action primary" data-ref="accept" data-command="accept"><span data-ref="acceptText">Accept person</span> <kbd>Enter</kbd></button>
      <button class="action" data-ref="skip" data-command="skip" aria-haspopup="menu">Skip <kbd>S</kbd></button>
      <button class="action" data-ref="notPerson" data-command="not-a-person">Not a person <kbd>X</kbd></button>
      <div class="slims"><button class="action slim" data-ref="reopen" data-command="reopen" hidden>Open again <kbd>R</kbd></button>
      <button class="action slim" data-ref="acceptImage" data-command="accept-image">Accept all <kbd>⇧ Enter</kbd></button>
      <button class="action slim" data-ref="finish" data-command="finish"><span data-ref="finishText">Nobody here</span> <kbd>E</kbd></button></div>
    </div>
  </aside>
  <dialog data-ref="help" aria-label="Help"><div data-ref="keys"></div>
    <h3>How it works</h3><ul class="how" data-ref="how"></ul>
    <button class="step close" data-ref="helpClose" aria-label="Close">✕</button></dialog>
  <div class="live" data-ref="live" aria-live="polite"></div>
</div>`;

/** A button of the bar or under the keypoints. @param {string} command @returns {HTMLButtonElement} */
export function toolButton(command) {
  const button = make("button", { className: "tool" });
  button.dataset.command = command;
  button.setAttribute("aria-label", labelOf(command));
  button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[command]}"/></svg>`;
  return button;
}

/** What a command does, as its button and the table of keys say it. @param {string} command */
export function labelOf(command) {
  return BINDINGS.find((binding) => binding.command === command)?.label ?? command;
}
