"""Shapes in which models answer a closed question, and what they chose: (set of labels, answer, choice).

A choice is a label, or the outcome `invalid`, `refusal`, `no_answer`.
"""

from __future__ import annotations

BASIC = ("neutral", "happy", "sad", "angry", "fearful", "surprised", "disgust")
MELD = ("neutral", "surprise", "fear", "sadness", "joy", "disgust", "anger")
POLAR = ("neutral", "negative", "positive")
FINE = ("weak negative", "strong negative", "neutral", "weak positive", "strong positive")
YES = ("true", "false")
CALM = ("neutral", "calm", "happy", "sad", "angry", "fearful")
MER = ("happy", "sad", "neutral", "angry", "worried", "surprise")

ANSWERS: list[tuple[tuple[str, ...], str | None, str]] = [
    # the form that was asked for
    (BASIC, "{'emotion': 'happy'}", "happy"),
    (BASIC, '{"emotion": "Happy"}', "happy"),
    (BASIC, "```json\n{\"emotion\": \"sad\"}\n```", "sad"),
    (BASIC, "{emotion: angry}", "angry"),
    (BASIC, "{'emotion': 'happy', 'reason': 'the voice is sad'}", "happy"),
    (BASIC, "{“emotion”：“高兴”}", "happy"),
    (BASIC, "{'emotion': 'happiness'}", "happy"),
    (MELD, "{'emotion': 'happy'}", "joy"),
    (MELD, "{'emotion': 'angry'}", "anger"),
    (BASIC, "{'emotion': 'label'}\n{'emotion': 'fearful'}", "fearful"),
    (BASIC, "Respond in the format {'emotion': 'label'}. {'emotion': 'disgust'}", "disgust"),
    (BASIC, "{'emotion': 'happy'} Wait, on reflection: {'emotion': 'sad'}", "sad"),
    (BASIC, "{'emotion': 'a happy person'}", "happy"),
    (BASIC, "{'emotion': 'joyous'}", "invalid"),
    (BASIC, "{'emotion': 'happy and sad'}", "invalid"),
    (BASIC, "{'emotion': ''}", "no_answer"),
    (BASIC, "{'emotion': }", "no_answer"),
    (BASIC, "Emotion: Surprised", "surprised"),
    (BASIC, "**Emotion:** Sad", "sad"),
    (BASIC, "emotion = neutral", "neutral"),
    (FINE, "{'emotion': 'weak positive'}", "weak positive"),
    (FINE, "{'sentiment': 'Strong_Negative'}", "strong negative"),
    (FINE, "{'emotion': 'slightly positive'}", "weak positive"),
    (FINE, "{'emotion': 'positive'}", "invalid"),
    (POLAR, "{'sentiment': 'Positive'}", "positive"),
    (YES, "{'answer': 'True'}", "true"),
    (YES, "{'emotion': true}", "true"),
    # a label and nothing else
    (BASIC, "happy", "happy"),
    (BASIC, "Happy.", "happy"),
    (BASIC, "**Happy**", "happy"),
    (BASIC, '"sad"', "sad"),
    (BASIC, " \n Neutral \n", "neutral"),
    (BASIC, "(B) happy", "happy"),
    (BASIC, "2. sad", "sad"),
    (BASIC, "HAPPY!", "happy"),
    (FINE, "Weak-Positive", "weak positive"),
    (YES, "Yes.", "true"),
    (YES, "No", "false"),
    (YES, "False", "false"),
    # marked
    (BASIC, "Answer: happy", "happy"),
    (BASIC, "The final answer is: **angry**.", "angry"),
    (BASIC, "<think>sad? happy?</think><answer>sad</answer>", "sad"),
    (BASIC, "\\boxed{happy}", "happy"),
    (BASIC, "\\boxed{\\text{fearful}}", "fearful"),
    (BASIC, "The voice is sad, the face happy. The answer is sad", "sad"),
    (YES, "The speaker praises the rain, so the answer is true.", "true"),
    # prose
    (BASIC, "The person in the video seems happy.", "happy"),
    (BASIC, "She is not happy but sad.", "sad"),
    (BASIC, "He looks angry rather than sad.", "angry"),
    (BASIC, "The emotion conveyed is happiness, as he smiles.", "happy"),
    (BASIC, "It could be happy or sad.", "invalid"),
    (BASIC, "The person smiles at the camera.", "invalid"),
    (BASIC, "unhappy", "invalid"),
    (CALM, "A calm and relaxed voice.", "calm"),
    (POLAR, "The overall sentiment is positive.", "positive"),
    (FINE, "The tone is weak positive overall.", "weak positive"),
    (YES, "Yes, the speaker is being sarcastic.", "true"),
    (YES, "No, there is no humor in what he says.", "false"),
    (YES, "Nothing to laugh about here.", "invalid"),
    (MER, "The speaker is clearly worried about the exam.", "worried"),
    # thoughts
    (BASIC, "<think>It may be happy.</think>\nsad", "sad"),
    (BASIC, "It may be happy.</think>\n{'emotion': 'sad'}", "sad"),
    (BASIC, "<think>It may be happy.</think>", "no_answer"),
    # Chinese
    (BASIC, "高兴", "happy"),
    (BASIC, "答案：高兴", "happy"),
    (BASIC, "情感：悲伤。", "sad"),
    (BASIC, "最终答案是愤怒。", "angry"),
    (BASIC, "视频中的人物看起来很难过。", "sad"),
    (BASIC, "他不是高兴，而是悲伤。", "sad"),
    (BASIC, "人物可能高兴，也可能悲伤。", "invalid"),
    (POLAR, "情感倾向：积极", "positive"),
    (POLAR, "负面", "negative"),
    (YES, "是的，这句话是讽刺。", "true"),
    (YES, "否", "false"),
    (MER, "担忧", "worried"),
    (BASIC, "｛'emotion'：'happy'｝", "happy"),
    # refusals and nothing
    (BASIC, "I'm sorry, but I can't identify emotions of people in videos.", "refusal"),
    (BASIC, "As an AI, I cannot watch videos.", "refusal"),
    (BASIC, "抱歉，我无法分析视频。", "refusal"),
    (BASIC, "I'm sorry, I had to think. Answer: sad", "sad"),
    (BASIC, "", "no_answer"),
    (BASIC, "  \n", "no_answer"),
    (BASIC, "...", "no_answer"),
    (BASIC, None, "no_answer"),
]  # fmt: skip

JOINT: list[tuple[str, str, str]] = [
    ("{'emotion label': 'happy', 'intent label': 'questioning'}", "happy", "questioning"),
    ('{"intent label": "Wishing", "emotion label": "Sad"}', "sad", "wishing"),
    ("emotion label: neutral, intent label: neutral", "neutral", "neutral"),
    ("Emotion: anger\nIntent: suggesting", "anger", "suggesting"),
    ("情感：惊讶；意图：询问", "surprise", "questioning"),
    ("{'emotion label': 'neutral', 'intent label': 'shouting'}", "neutral", "invalid"),
]
"""MC-EIU asks for two labels at once: answer, emotion, intent."""
