"""How does a model learn structured evidence (SED), and then to prefer answers that hold together (CA-DPO)?"""
