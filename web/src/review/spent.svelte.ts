// How long did the reviewer look at this? Counted while the page is in front and somebody is active.

/** Own choice: watching a clip needs no hands, but after a minute without any sign nobody is there. */
const IDLE_S = 60;
const TICK_S = 0.5;

/** To be made in a component; it stops with it. */
export class Spent {
  seconds = $state(0);
  private active = performance.now();

  constructor() {
    $effect(() => {
      const sign = () => {
        this.active = performance.now();
      };
      const signs = ['pointerdown', 'pointermove', 'keydown', 'scroll', 'timeupdate'];
      for (const name of signs) document.addEventListener(name, sign, { capture: true, passive: true });
      const timer = setInterval(() => {
        if (document.visibilityState === 'visible' && performance.now() - this.active < IDLE_S * 1000) this.seconds += TICK_S;
      }, TICK_S * 1000);
      return () => {
        clearInterval(timer);
        for (const name of signs) document.removeEventListener(name, sign, { capture: true });
      };
    });
  }

  /** Begins again at zero. */
  restart(): void {
    this.seconds = 0;
    this.active = performance.now();
  }
}
